import type { Span } from '../view/time-window.ts';
import type { Recorded } from './merge-live.ts';

/**
 * A tick belongs to the period that it ends in, yet covers time before that, too: with ticks of a second that come a
 * little late, one period in a while has none of its own. Such a period gets what the tick after it says.
 */
export function bridgePeriods(recorded: Recorded, periodMs: number): Recorded {
  const donors = donorsOf(recorded.coveredMs, periodMs);
  if (donors.every((donor) => donor === null)) return recorded;
  return {
    atMs: recorded.atMs,
    coveredMs: recorded.coveredMs.map((ms, index) => (donors[index] === null ? ms : periodMs)),
    layers: recorded.layers.map(({ key, values }) => ({
      key,
      values: values.map((value, index) => {
        const donor = donors[index] ?? null;
        return donor === null ? value : (values[donor] ?? null);
      }),
    })),
  };
}

/** The gaps that are left when single periods are bridged; each begins and ends with a period, or with the gap. */
export function remainingGaps(
  gaps: readonly Span[],
  { atMs, coveredMs }: Recorded,
  periodMs: number,
): Span[] {
  return gaps.flatMap((gap) => {
    const left: { fromMs: number; toMs: number }[] = [];
    for (const [index, startMs] of atMs.entries()) {
      const fromMs = Math.max(gap.fromMs, startMs);
      const toMs = Math.min(gap.toMs, startMs + periodMs);
      if (fromMs >= toMs || (coveredMs[index] ?? 0) > 0) continue;
      const last = left.at(-1);
      if (last?.toMs === fromMs) last.toMs = toMs;
      else left.push({ fromMs, toMs });
    }
    return left;
  });
}

/** For each period without a tick the index of the one whose tick covers it, too; null for all others. */
function donorsOf(coveredMs: readonly number[], periodMs: number): readonly (number | null)[] {
  const donors: (number | null)[] = coveredMs.map(() => null);
  for (const [index, ms] of coveredMs.entries()) {
    const reach = Math.ceil(ms / periodMs) - 1;
    for (let at = index - 1; at >= index - reach && at >= 0 && coveredMs[at] === 0; at--) donors[at] = index;
  }
  return donors;
}
