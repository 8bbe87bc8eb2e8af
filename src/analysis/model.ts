import type { Dimension } from '../load/model.ts';

/**
 * The words of analysis.
 *
 * finding    something that a person should know about a window of load: what, how bad, how it is known, what to do
 * evidence   the figures that a finding rests on
 * baseline   the load of the time before the window, which says what is usual
 */

export const FINDING_KINDS = [
  'load-above-baseline',
  'cpu-starved',
  'dominating-sql',
  'lock-chain',
  'idle-in-transaction',
  'cache-too-small',
  'slow-storage',
  'optimized-reads',
  'temporary-files',
  'connection-storm',
  'capacity-at-maximum',
  'capacity-held',
  'host-saturated',
  'not-observed',
] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];

export const FINDING_SEVERITIES = ['high', 'medium', 'low'] as const;
export type FindingSeverity = (typeof FINDING_SEVERITIES)[number];

export interface Finding {
  readonly kind: FindingKind;
  readonly severity: FindingSeverity;
  /** One sentence that names the cause, without a full stop. */
  readonly title: string;
  /** What it means, in a sentence or two. */
  readonly explanation: string;
  readonly evidence: readonly { readonly name: string; readonly value: string }[];
  /** What to do, most useful first. */
  readonly advice: readonly string[];
  /** The part of the window that it is about. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Average active sessions that it explains; null where it is not about load. */
  readonly aas: number | null;
  /** What to look at: a value of a dimension. */
  readonly about: readonly { readonly dimension: Dimension; readonly key: string; readonly label: string }[];
}
