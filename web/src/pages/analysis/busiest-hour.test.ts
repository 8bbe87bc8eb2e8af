import { expect, it } from 'vitest';
import type { LoadAnswer } from '../../../../src/api/answers.ts';
import { busiestHour } from './busiest-hour.ts';

const PERIOD_MS = 300_000;

function answerOf(aas: readonly (number | null)[]): LoadAnswer {
  return {
    meta: { periodSeconds: 300 },
    atMs: aas.map((_, index) => index * PERIOD_MS),
    coveredMs: aas.map((value) => (value === null ? 0 : PERIOD_MS)),
    series: [{ key: '', label: '', averageAas: 0, aas }],
  } as unknown as LoadAnswer;
}

it('finds the hour with the most active time, wherever it begins', () => {
  const quiet = Array.from({ length: 36 }, () => 0.5);
  const loads = quiet.map((value, index) => (index >= 15 && index < 27 ? 4 : value));
  expect(busiestHour(answerOf(loads))).toEqual({ fromMs: 15 * PERIOD_MS, toMs: 27 * PERIOD_MS, aas: 4 });
});

it('averages over what was observed of it', () => {
  const loads = Array.from({ length: 30 }, (_, index) => (index < 12 ? (index < 6 ? null : 6) : 1));
  expect(busiestHour(answerOf(loads))).toMatchObject({ fromMs: 6 * PERIOD_MS, aas: 3.5 });
});

it('has nothing to choose from in a short record, and nothing to show in an idle one', () => {
  expect(busiestHour(answerOf(Array.from({ length: 14 }, () => 3)))).toBeNull();
  expect(busiestHour(answerOf(Array.from({ length: 36 }, () => 0)))).toBeNull();
});
