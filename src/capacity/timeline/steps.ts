import { clip } from './pauses.ts';
import type { RecordedDecision, Step, Stretch } from './model.ts';

/** Decisions are recorded every ten seconds although nothing changes; after three that are missing nobody was there. */
export const LONGEST_SILENCE_MS = 30_000;

/** Capacity while awake, out of decisions, oldest first. */
export function stepsOfDecisions(decisions: readonly RecordedDecision[]): Step[] {
  return decisions.map(({ atMs, fromAcu, toAcu }, index) => ({
    fromMs: atMs,
    toMs: Math.min(decisions[index + 1]?.atMs ?? Infinity, atMs + LONGEST_SILENCE_MS),
    // One that asks for a pause has not brought it about: that it slept is for the pauses to say.
    acu: toAcu === 0 ? fromAcu : toAcu,
  }));
}

/** The same out of means: one figure for each period of `periodMs`, null where nothing is known. */
export function stepsOfMeans(
  startsMs: readonly number[],
  means: readonly (number | null)[],
  periodMs: number,
): Step[] {
  return startsMs.flatMap((fromMs, index) => {
    const acu = means[index] ?? null;
    return acu === null ? [] : [{ fromMs, toMs: fromMs + periodMs, acu }];
  });
}

/** Steps of the window without what lies in pauses, and these as steps of 0, in the order of time. */
export function withPauses(steps: readonly Step[], pauses: readonly Stretch[], window: Stretch): Step[] {
  const asleep = pauses.map((pause) => ({ ...pause, acu: 0 }));
  const all: Step[] = [];
  let next = 0;
  for (const step of steps) {
    let fromMs = Math.max(step.fromMs, window.fromMs);
    const endMs = Math.min(step.toMs, window.toMs);
    while (next < asleep.length && asleep[next]!.toMs <= fromMs) next += 1;
    for (let index = next; fromMs < endMs; index += 1) {
      const pause = asleep[index];
      const toMs = Math.min(endMs, Math.max(fromMs, pause?.fromMs ?? Infinity));
      if (fromMs < toMs) all.push({ fromMs, toMs, acu: step.acu });
      fromMs = pause === undefined ? endMs : Math.max(fromMs, pause.toMs);
    }
  }
  const inside = asleep
    .map((step) => ({ ...step, ...clip(step, window) }))
    .filter(({ fromMs, toMs }) => fromMs < toMs);
  return [...all, ...inside].sort((a, b) => a.fromMs - b.fromMs);
}

export interface PeriodFigures {
  /** Mean over what is known of each period; null where nothing is. */
  readonly means: readonly (number | null)[];
  readonly knownMs: readonly number[];
}

/** Steps in the order of time, none over another, by period. */
export function byPeriod(
  steps: readonly Step[],
  startsMs: readonly number[],
  periodMs: number,
): PeriodFigures {
  const firstMs = startsMs[0] ?? 0;
  const acuMs = startsMs.map(() => 0);
  const knownMs = startsMs.map(() => 0);
  for (const { fromMs, toMs, acu } of steps) {
    const last = Math.min(startsMs.length - 1, Math.ceil((toMs - firstMs) / periodMs) - 1);
    for (let index = Math.max(0, Math.floor((fromMs - firstMs) / periodMs)); index <= last; index += 1) {
      const startMs = firstMs + index * periodMs;
      const insideMs = Math.min(toMs, startMs + periodMs) - Math.max(fromMs, startMs);
      acuMs[index]! += acu * insideMs;
      knownMs[index]! += insideMs;
    }
  }
  return {
    means: acuMs.map((sum, index) => (knownMs[index]! > 0 ? sum / knownMs[index]! : null)),
    knownMs,
  };
}
