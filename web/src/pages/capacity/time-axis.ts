import type { Ink } from '../../app/theme.ts';
import type { Span } from '../../view/time-window.ts';

/** What the charts of the page have in common, so that they stand below each other as one. */
export interface TimeAxis {
  readonly ink: Ink;
  readonly span: Span;
  readonly periodMs: number;
  /** Start of each period. */
  readonly atMs: readonly number[];
  readonly pauses: readonly Span[];
  readonly gaps: readonly Span[];
  readonly syncKey: string;
  readonly onZoom: (fromMs: number, toMs: number) => void;
  readonly onHover: (index: number | null) => void;
}
