import type { RecordedDecision, Stretch } from './input.ts';
import type { AnalysisInput } from './input.ts';
import { clip } from './parts.ts';
import type { Part } from './parts.ts';
import { THRESHOLDS } from './thresholds.ts';

/** A decision, and how long it was the latest one. */
interface Held extends Stretch {
  readonly decision: RecordedDecision;
}

/** Where decisions were of a kind. */
export interface DecidedPart extends Part {
  readonly decisions: readonly RecordedDecision[];
}

/** Null where they were for less than `leastMs` in all. Short interruptions are not one. */
export function decidedPart(
  { capacity, window }: AnalysisInput,
  fits: (decision: RecordedDecision) => boolean,
  leastMs: number = THRESHOLDS.capacity.leastMs,
): DecidedPart | null {
  const held = timeline(capacity?.decisions ?? [], window).filter(({ decision }) => fits(decision));
  const [first, last] = [held[0], held.at(-1)];
  const heldMs = held.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
  if (first === undefined || last === undefined || heldMs < leastMs) return null;
  return {
    fromMs: first.fromMs,
    toMs: last.toMs,
    heldMs,
    stretches: stretchesOf(held),
    decisions: held.map(({ decision }) => decision),
    periods: [],
  };
}

/** Of the window, for how long decisions are known. */
export function decidedMs({ capacity, window }: AnalysisInput): number {
  return timeline(capacity?.decisions ?? [], window).reduce(
    (sum, { fromMs, toMs }) => sum + toMs - fromMs,
    0,
  );
}

export function highestDemand(decisions: readonly RecordedDecision[]): number | null {
  const known = decisions.flatMap(({ demandAcu }) => demandAcu ?? []);
  return known.length === 0 ? null : Math.max(...known);
}

function timeline(decisions: readonly RecordedDecision[], window: Stretch): Held[] {
  return decisions.flatMap((decision, index) => {
    const nextMs = decisions[index + 1]?.atMs ?? Number.POSITIVE_INFINITY;
    const endMs = Math.min(nextMs, decision.atMs + THRESHOLDS.capacity.decisionHoldsMs, window.toMs);
    const fromMs = clip(decision.atMs, window);
    const toMs = clip(endMs, window);
    return fromMs < toMs ? [{ decision, fromMs, toMs }] : [];
  });
}

function stretchesOf(held: readonly Held[]): number {
  let count = 0;
  let endMs = Number.NEGATIVE_INFINITY;
  for (const { fromMs, toMs } of held) {
    if (fromMs - endMs > THRESHOLDS.joinMs) count++;
    endMs = toMs;
  }
  return count;
}
