import type { RecordedDecision } from './model.ts';

/** Where the stories of the tests begin, aligned to a minute. */
export const START = Date.UTC(2026, 10, 23, 8);

/** A full decision so many seconds after the start. */
export function decided(
  second: number,
  fromAcu: number,
  toAcu = fromAcu,
  change: Partial<RecordedDecision> = {},
): RecordedDecision {
  return {
    atMs: START + second * 1000,
    kind: 'full',
    fromAcu,
    toAcu,
    hold: { kind: 'demand' },
    pause: null,
    reason: `${fromAcu} to ${toAcu} at ${second}`,
    ...change,
  };
}

/** Seconds after the start, as a stretch. */
export function stretch(fromSecond: number, toSecond: number) {
  return { fromMs: START + fromSecond * 1000, toMs: START + toSecond * 1000 };
}
