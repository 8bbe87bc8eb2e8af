import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ACTIVITIES, type Activity, type Dimension, type LoadTick } from '../load/model.ts';
import { aSample, aTick, HOUR, START } from './history-data.conformance.ts';
import type { OpenedHistory } from './history.conformance.ts';
import { type DimensionFilter, type History, OTHER, PERIODS_SECONDS, type PeriodSeconds } from './history.ts';

const GROUPED = [
  'db.user',
  'db.wait_event',
  'db.sql_tokenized',
  'db.blocking_session',
] as const satisfies Dimension[];
const DAYS = 3;

interface Question {
  readonly fromMs: number;
  readonly lengthMs: number;
  readonly periodSeconds: PeriodSeconds;
  readonly groupBy: Dimension;
  readonly partitionBy: Dimension;
  readonly limit: number;
  readonly activity: Activity;
  readonly filter: DimensionFilter;
}

/** Random records and questions, compared with sums written down here in the plainest way. */
export function describeQueriesAgainstNaive(open: () => Promise<OpenedHistory>): void {
  it('answers what adding up every sample gives, before and after it is rolled up', async () => {
    const property = fc.asyncProperty(
      records,
      fc.array(questions, { minLength: 6, maxLength: 6 }),
      async (ticks, asked) => {
        const { history, dispose } = await open();
        try {
          const half = ticks.length >> 1;
          await history.appendTicks('shop', ticks.slice(0, half));
          await history.appendTicks('noise', ticks.slice(0, 3));
          await history.maintain(START + 1.5 * 24 * HOUR);
          await history.appendTicks('shop', ticks.slice(half));
          for (const question of asked) await check(history, ticks, question);
          await history.maintain(START + (DAYS + 1) * 24 * HOUR);
          for (const question of asked) await check(history, ticks, question);
        } finally {
          await dispose();
        }
      },
    );
    await fc.assert(property, { numRuns: 12, seed: 20261122, endOnFailure: true });
  }, 180_000);
}

const letters = fc.constantFrom('', 'a', 'b', 'c', 'd');
const samples = fc
  .record({
    user: letters,
    wait: letters,
    sql: letters,
    blocker: letters,
    weightMs: fc.integer({ min: 1, max: 3000 }),
    activity: fc.constantFrom('active', ...ACTIVITIES),
  })
  .map(({ user, wait, sql, blocker, weightMs, activity }) =>
    aSample(
      { 'db.user': user, 'db.wait_event': wait, 'db.sql_tokenized': sql, 'db.blocking_session': blocker },
      weightMs,
      activity,
    ),
  );
/** Near the edges of five minutes, hours and days as often as anywhere. */
const times = fc.oneof(
  fc.integer({ min: 0, max: DAYS * 24 * HOUR }),
  fc
    .tuple(fc.integer({ min: 0, max: DAYS * 24 }), fc.constantFrom(-1000, -1, 0, 1, 500))
    .map(([hour, ms]) => Math.max(0, hour * HOUR + ms)),
  fc
    .tuple(fc.integer({ min: 0, max: DAYS * 24 * 12 }), fc.constantFrom(-1, 0, 1, 60_000))
    .map(([five, ms]) => Math.max(0, (five * HOUR) / 12 + ms)),
);
const records = fc.array(
  fc
    .tuple(times, fc.constantFrom(100, 1000, 1000.25, 30_000), fc.array(samples, { maxLength: 5 }))
    .map(([ms, durationMs, list]): LoadTick => aTick(START + ms, list, { durationMs })),
  { minLength: 20, maxLength: 200 },
);
const questions: fc.Arbitrary<Question> = fc.record({
  fromMs: times.map((ms) => START + ms),
  lengthMs: fc.oneof(times, fc.constantFrom(24 * HOUR, HOUR, 3 * HOUR, DAYS * 24 * HOUR)),
  periodSeconds: fc.constantFrom(...PERIODS_SECONDS),
  groupBy: fc.constantFrom(...GROUPED),
  partitionBy: fc.constantFrom(...GROUPED),
  limit: fc.integer({ min: 0, max: 6 }),
  activity: fc.constantFrom(...ACTIVITIES),
  filter: fc.oneof(
    fc.constant({}),
    fc.record({ 'db.user': fc.array(letters, { maxLength: 3 }) }),
    fc.record({
      'db.wait_event': fc.array(letters, { minLength: 1 }),
      'db.user': fc.array(letters, { minLength: 1 }),
    }),
  ),
});

async function check(history: History, ticks: readonly LoadTick[], question: Question): Promise<void> {
  const { fromMs, groupBy, partitionBy, limit, activity, filter } = question;
  // Per second the window is cut short: three days of seconds are many and show nothing new.
  const toMs =
    fromMs + (question.periodSeconds === 1 ? Math.min(question.lengthMs, HOUR) : question.lengthMs);
  const query = { target: 'shop', fromMs, toMs, activity, filter, groupBy, limit };
  const inside = ticks.filter(({ atMs }) => atMs >= fromMs && atMs < toMs);

  const figures = figuresOf(inside, question);
  const top = await history.top({ ...query, partitionBy });
  expect(top.coveredMs).toBeCloseTo(figures.coveredMs, 6);
  expect(top.totalAas).toBeCloseTo(aas(figures.activeMs, figures.coveredMs) ?? 0, 9);
  const ranked = [...figures.byKey].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).map(([key]) => key);
  expect(top.rows.map(({ key }) => key)).toEqual(ranked.slice(0, limit));
  for (const row of top.rows) {
    const ofKey = figuresOf(inside, { ...question, groupBy: partitionBy }, { [groupBy]: [row.key] });
    expect(row.aas).toBeCloseTo(figures.byKey.get(row.key)! / figures.coveredMs, 9);
    expect(
      new Map(row.partitions.map((part) => [part.key, Math.round(part.aas * figures.coveredMs)])),
    ).toEqual(ofKey.byKey);
  }

  const series = await history.series({ ...query, periodSeconds: question.periodSeconds });
  const hasOther = ranked.length > limit;
  expect(series.series.map(({ key }) => key)).toEqual([
    ...ranked.slice(0, limit),
    ...(hasOther ? [OTHER] : []),
  ]);
  series.atMs.forEach((startMs, index) => {
    const ofPeriod = inside.filter(
      ({ atMs }) => atMs >= startMs && atMs < startMs + question.periodSeconds * 1000,
    );
    const expected = figuresOf(ofPeriod, question);
    expect(series.coveredMs[index]).toBeCloseTo(expected.coveredMs, 6);
    for (const { key, aas: points } of series.series) {
      const keys = key === OTHER ? ranked.slice(limit) : [key];
      const activeMs = keys.reduce((sum, each) => sum + (expected.byKey.get(each) ?? 0), 0);
      expectFigure(points[index]!, aas(activeMs, expected.coveredMs));
    }
  });
}

function figuresOf(
  ticks: readonly LoadTick[],
  { activity, filter, groupBy }: Question,
  more: DimensionFilter = {},
) {
  const byKey = new Map<string, number>();
  const all = [...Object.entries(filter), ...Object.entries(more)] as [Dimension, readonly string[]][];
  for (const sample of ticks.flatMap((tick) => tick.samples))
    if (sample.activity === activity && all.every(([name, values]) => values.includes(sample.tuple[name])))
      byKey.set(sample.tuple[groupBy], (byKey.get(sample.tuple[groupBy]) ?? 0) + sample.weightMs);
  return {
    byKey,
    activeMs: [...byKey.values()].reduce((sum, ms) => sum + ms, 0),
    coveredMs: ticks.reduce((sum, { durationMs }) => sum + durationMs, 0),
  };
}

function aas(activeMs: number, coveredMs: number): number | null {
  return coveredMs === 0 ? null : activeMs / coveredMs;
}

function expectFigure(actual: number | null, expected: number | null): void {
  if (expected === null || actual === null) expect(actual).toBe(expected);
  else expect(actual).toBeCloseTo(expected, 9);
}
