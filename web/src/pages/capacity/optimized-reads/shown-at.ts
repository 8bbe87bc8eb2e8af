import type { TimeAxis } from '../time-axis.ts';
import type { ReadLines } from './reads-lines.ts';

/** What the charts of Optimized Reads have in common. */
export interface ShownAt {
  readonly axis: TimeAxis;
  readonly lines: ReadLines;
  /** The period that is told in words: under the pointer, or the last one. */
  readonly index: number;
  readonly isHovered: boolean;
}
