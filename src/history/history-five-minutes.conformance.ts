import { expect, it } from 'vitest';
import type { LoadTick } from '../load/model.ts';
import { aSample, aTick, HOUR, START } from './history-data.conformance.ts';
import type { OpenedHistory } from './history.conformance.ts';
import type { History, LoadSeries, SeriesQuery, TopQuery, TopResult } from './history.ts';

const FIVE = 300_000;

type Answer = LoadSeries | TopResult;

/** What is asked by five minutes, or of windows that begin and end in the middle of an hour, before and after rolling up. */
export function describeFiveMinutes(open: () => Promise<OpenedHistory>): void {
  const all = { target: 'shop', fromMs: START, toMs: START + HOUR } as const;
  const series = (query: Partial<SeriesQuery>) => (history: History) =>
    history.series({ ...all, periodSeconds: 300, ...query });
  const top = (query: Partial<TopQuery>) => (history: History) =>
    history.top({ ...all, groupBy: 'db.user', ...query });

  it('cuts windows inside of five minutes at the millisecond', async () => {
    const atMs = [FIVE - 1, FIVE, FIVE + 1000, 2 * FIVE - 1, 2 * FIVE, 3 * FIVE + 1000];
    const ticks = atMs.map((ms) => aTick(START + ms, [aSample({}, 500)]));
    const inside = { fromMs: START + FIVE + 1, toMs: START + 3 * FIVE + 1000 };
    const [points, wider, figure] = await answersOf(open, ticks, [
      series(inside),
      series({ fromMs: START + FIVE, toMs: START + 2 * FIVE }),
      top(inside),
    ]);
    expect(points).toMatchObject({ atMs: [FIVE, 2 * FIVE, 3 * FIVE].map((ms) => START + ms) });
    expect(points).toMatchObject({ coveredMs: [2000, 1000, 0], series: [{ aas: [0.5, 0.5, null] }] });
    expect(wider).toMatchObject({ coveredMs: [3000], series: [{ aas: [0.5] }] });
    expect(figure).toMatchObject({ coveredMs: 3000, totalAas: 0.5 });
  });

  it('tells five minutes without ticks, without load and with a pause apart', async () => {
    const ticks = [
      aTick(START + 1000, [aSample({}, 400)]),
      aTick(START + FIVE + 1000, []),
      aTick(START + 3 * FIVE + 1000, [], { state: 'paused', durationMs: 30_000 }),
      aTick(START + 4 * FIVE, [aSample({}, 100)]),
      aTick(START + 4 * FIVE + 1000, [], { state: 'paused' }),
    ];
    const window = { toMs: START + 5 * FIVE };
    const [plain, grouped] = await answersOf(open, ticks, [
      series(window),
      series({ ...window, groupBy: 'db.host' }),
    ]);
    const expected = { coveredMs: [1000, 1000, 0, 30_000, 2000] };
    expect(plain).toMatchObject({ ...expected, series: [{ key: '', aas: [0.4, 0, null, 0, 0.05] }] });
    expect(grouped).toMatchObject({
      ...expected,
      series: [{ key: '10.0.0.1', aas: [0.4, 0, null, 0, 0.05] }],
    });
  });

  it('keeps activities apart, and filters by any number of dimensions', async () => {
    const one = (second: number) =>
      aTick(START + second * 1000, [
        aSample({ 'db.user': 'a', 'db.host': 'h1' }, 100),
        aSample({ 'db.user': 'a', 'db.host': 'h2' }, 200),
        aSample({ 'db.user': 'b', 'db.host': 'h1' }, 400),
        aSample({ 'db.user': 'a', 'db.host': 'h1' }, 800, 'idle in transaction'),
        aSample({ 'db.user': 'c', 'db.host': 'h2' }, 50, 'idle in transaction'),
      ]);
    const ticks = [1, 299, 300, 3599].map(one);
    const window = { fromMs: START + 200_000, toMs: START + 2 * FIVE };
    const idle = { ...window, activity: 'idle in transaction' } as const;
    const answers = await answersOf(open, ticks, [
      series({ ...window, groupBy: 'db.user', filter: { 'db.user': ['a', 'x'] } }),
      series({ ...window, filter: { 'db.user': ['b'] } }),
      series({ ...window, groupBy: 'db.user', filter: { 'db.host': ['h1'] } }),
      series({ ...window, filter: { 'db.host': ['h2'], 'db.user': ['a'] } }),
      series({ ...window, filter: { 'db.user': [] } }),
      series({ ...idle, groupBy: 'db.user' }),
    ]);
    const seen = answers.map((answer) =>
      'series' in answer ? answer.series.map(({ key, aas }) => [key, ...aas]) : [],
    );
    expect(seen).toEqual([
      [['a', 0.3, 0.3]],
      [['', 0.4, 0.4]],
      [
        ['b', 0.4, 0.4],
        ['a', 0.1, 0.1],
      ],
      [['', 0.2, 0.2]],
      [['', 0, 0]],
      [
        ['a', 0.8, 0.8],
        ['c', 0.05, 0.05],
      ],
    ]);
    const [byUser, ofHost, parts] = await answersOf(open, ticks, [
      top(idle),
      top({ ...idle, filter: { 'db.host': ['h2'] } }),
      top({ ...window, partitionBy: 'db.host' }),
    ]);
    expect(byUser).toMatchObject({ totalAas: 0.85, rows: [{ key: 'a', aas: 0.8 }, { key: 'c' }] });
    expect(ofHost).toMatchObject({ totalAas: 0.05, rows: [{ key: 'c', aas: 0.05 }] });
    expect(parts).toMatchObject({
      totalAas: 0.7,
      rows: [
        { key: 'b', partitions: [{ key: 'h1', aas: 0.4 }] },
        { key: 'a', partitions: [{}, {}] },
      ],
    });
  });

  it('counts a late tick of an hour that was rolled up once', async () => {
    const { history, dispose } = await open();
    try {
      const ofUser = (second: number, user: string) =>
        aTick(START + second * 1000, [aSample({ 'db.user': user }, 1000)]);
      await history.appendTicks('shop', [ofUser(1, 'a'), ofUser(3601, 'a')]);
      await history.maintain(START + 3 * HOUR);
      await history.appendTicks('shop', [ofUser(2, 'b'), ofUser(301, 'b')]);
      const query = { ...all, toMs: START + 2 * HOUR, periodSeconds: 300, groupBy: 'db.user' } as const;
      const before = await history.series(query);
      await history.maintain(START + 3 * HOUR);
      expect(await history.series(query)).toEqual(before);
      expect(before.coveredMs.slice(0, 3)).toEqual([2000, 1000, 0]);
      expect(before.coveredMs[12]).toBe(1000);
    } finally {
      await dispose();
    }
  });
}

/** Answers before rolling up, which those after it must be equal to. */
async function answersOf(
  open: () => Promise<OpenedHistory>,
  ticks: readonly LoadTick[],
  asks: readonly ((history: History) => Promise<Answer>)[],
): Promise<Answer[]> {
  const { history, dispose } = await open();
  try {
    await history.appendTicks('shop', ticks);
    // Another target's load lies beside it.
    await history.appendTicks('blog', ticks.slice(1));
    const ask = async () => Promise.all(asks.map((each) => each(history)));
    const before = await ask();
    for (const hours of [1, 30]) {
      await history.maintain(START + hours * HOUR);
      expect(await ask()).toEqual(before);
    }
    return before;
  } finally {
    await dispose();
  }
}
