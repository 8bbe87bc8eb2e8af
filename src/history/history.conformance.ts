import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DIMENSIONS, type Dimension } from '../load/model.ts';
import { aDigest, anEvent, aSample, aTick, HOUR, START, tuple } from './history-data.conformance.ts';
import { describeFiveMinutes } from './history-five-minutes.conformance.ts';
import { describePauses } from './history-pauses.conformance.ts';
import { describeQueriesAgainstNaive } from './history-queries.conformance.ts';
import { type EventQuery, type History, type HistoryEvent, OTHER } from './history.ts';

export interface OpenedHistory {
  readonly history: History;
  readonly dispose: () => Promise<void>;
}

/** What every implementation of the port does. `open` gives an empty history that keeps at least 7 days. */
export function describeHistory(name: string, open: () => Promise<OpenedHistory>): void {
  describe(`${name} as a history`, () => {
    let opened: OpenedHistory;
    let history: History;
    const window = { target: 'shop', fromMs: START, toMs: START + 60_000 };

    beforeEach(async () => {
      opened = await open();
      history = opened.history;
    }, 60_000);
    afterEach(() => opened.dispose(), 60_000);

    it('divides active time by covered time', async () => {
      await history.appendTicks('shop', [
        aTick(START + 1000, [aSample({}, 1000), aSample({ 'db.user': 'bob' }, 500)]),
        aTick(START + 2000, []),
        aTick(START + 4000, [aSample({}, 2000)], { durationMs: 2000 }),
      ]);
      const { coveredMs, atMs, series } = await history.series({ ...window, periodSeconds: 60 });
      expect(atMs).toEqual([START]);
      expect(coveredMs).toEqual([4000]);
      expect(series).toEqual([{ key: '', aas: [3500 / 4000] }]);
    });

    it('shows a gap as null and a quiet or paused time as 0', async () => {
      await history.appendTicks('shop', [
        aTick(START + 1000, []),
        aTick(START + 3000, [], { state: 'paused' }),
        aTick(START + 4000, [aSample({}, 250)]),
      ]);
      const query = { target: 'shop', fromMs: START + 1000, toMs: START + 5000, periodSeconds: 1 } as const;
      const result = await history.series({ ...query, groupBy: 'db.user' });
      expect(result.coveredMs).toEqual([1000, 0, 1000, 1000]);
      expect(result.series).toEqual([{ key: 'alice', aas: [0, null, 0, 0.25] }]);
    });

    it('gives every period of the window, aligned, and only what is inside', async () => {
      await history.appendTicks(
        'shop',
        [1, 30, 59, 60, 61, 119].map((s) => aTick(START + s * 1000, [aSample({}, 1000)])),
      );
      const result = await history.series({
        target: 'shop',
        fromMs: START + 30_000,
        toMs: START + 61_000,
        periodSeconds: 60,
      });
      expect(result.atMs).toEqual([START, START + 60_000]);
      expect(result.coveredMs).toEqual([2000, 1000]);
    });

    it.each(DIMENSIONS)('groups, partitions and filters by %s', async (dimension) => {
      const other = DIMENSIONS.find((each) => each !== dimension)!;
      await history.appendTicks('shop', [
        aTick(START + 1000, [
          aSample({ [dimension]: 'a', [other]: 'x' }, 600),
          aSample({ [dimension]: 'a', [other]: 'y' }, 100),
          aSample({ [dimension]: 'b', [other]: 'y' }, 300),
          aSample({ [dimension]: '', [other]: 'y' }, 50),
        ]),
      ]);
      const top = await history.top({ ...window, groupBy: dimension, partitionBy: other });
      expect(top.totalAas).toBe(1.05);
      expect(top.coveredMs).toBe(1000);
      expect(top.rows).toEqual([
        {
          key: 'a',
          aas: 0.7,
          partitions: [
            { key: 'x', aas: 0.6 },
            { key: 'y', aas: 0.1 },
          ],
        },
        { key: 'b', aas: 0.3, partitions: [{ key: 'y', aas: 0.3 }] },
        { key: '', aas: 0.05, partitions: [{ key: 'y', aas: 0.05 }] },
      ]);
      const filtered = await history.top({ ...window, groupBy: other, filter: { [dimension]: ['b', ''] } });
      expect(filtered.rows).toEqual([{ key: 'y', aas: 0.35, partitions: [] }]);
      const series = await history.series({ ...window, periodSeconds: 60, groupBy: dimension });
      expect(series.series).toEqual([
        { key: 'a', aas: [0.7] },
        { key: 'b', aas: [0.3] },
        { key: '', aas: [0.05] },
      ]);
    });

    it('joins values of a filter with or, dimensions with and', async () => {
      const sample = (user: string, host: string, weightMs: number) =>
        aSample({ 'db.user': user, 'db.host': host }, weightMs);
      await history.appendTicks('shop', [
        aTick(START, [
          sample('a', 'h1', 1),
          sample('a', 'h2', 2),
          sample('b', 'h1', 4),
          sample('c', 'h1', 8),
        ]),
      ]);
      const aasWith = async (filter: Partial<Record<Dimension, string[]>>) =>
        (await history.top({ ...window, groupBy: 'db.name', filter })).totalAas;
      expect(await aasWith({ 'db.user': ['a', 'b'] })).toBe(0.007);
      expect(await aasWith({ 'db.user': ['a', 'b'], 'db.host': ['h1', 'none'] })).toBe(0.005);
      expect(await aasWith({ 'db.user': [] })).toBe(0);
      expect(await aasWith({ 'db.user': ["'; DROP TABLE tick; --"] })).toBe(0);
    });

    it('keeps activities apart', async () => {
      await history.appendTicks('shop', [
        aTick(START, [
          aSample({}, 100),
          aSample({}, 200, 'idle in transaction'),
          aSample({ 'db.session_type': 'walsender' }, 400, 'background'),
        ]),
      ]);
      const aasOf = async (activity?: 'idle in transaction' | 'background') =>
        (await history.series({ ...window, periodSeconds: 60, ...(activity && { activity }) })).series[0]
          ?.aas;
      expect(await aasOf()).toEqual([0.1]);
      expect(await aasOf('idle in transaction')).toEqual([0.2]);
      expect(await aasOf('background')).toEqual([0.4]);
    });

    it('sums up under OTHER what the limit leaves out, in series only', async () => {
      const weights = { a: 8, b: 4, c: 2, d: 1 };
      await history.appendTicks('shop', [
        aTick(
          START,
          Object.entries(weights).map(([user, ms]) => aSample({ 'db.user': user }, ms)),
        ),
        aTick(START + 1000, [aSample({ 'db.user': 'd' }, 1)]),
      ]);
      const query = { ...window, toMs: START + 2000, groupBy: 'db.user' } as const;
      const series = async (limit: number) =>
        (await history.series({ ...query, periodSeconds: 1, limit })).series;
      expect(await series(2)).toEqual([
        { key: 'a', aas: [0.008, 0] },
        { key: 'b', aas: [0.004, 0] },
        { key: OTHER, aas: [0.003, 0.001] },
      ]);
      expect(await series(0)).toEqual([{ key: OTHER, aas: [0.015, 0.001] }]);
      expect((await series(4)).map(({ key }) => key)).toEqual(['a', 'b', 'c', 'd']);
      const top = await history.top({ ...query, limit: 1 });
      expect(top).toMatchObject({ totalAas: 0.008, rows: [{ key: 'a', aas: 0.004 }] });
    });

    it.each([1, 60, 300, 3600, 86400] as const)('answers per %i s', async (periodSeconds) => {
      const ticks = [0, 1, 59, 60, 3599, 3600, 86399, 86400, 90000].map((s) =>
        aTick(START + s * 1000, [aSample({}, 300)]),
      );
      await history.appendTicks('shop', ticks);
      const days = { target: 'shop', fromMs: START, toMs: START + 90_001_000, periodSeconds };
      const { atMs, coveredMs, series } = await history.series(days);
      const seen = atMs.filter((_, index) => coveredMs[index]! > 0);
      const periodOf = (ms: number) => Math.floor(ms / (periodSeconds * 1000)) * periodSeconds * 1000;
      expect(seen).toEqual([...new Set(ticks.map((tick) => periodOf(tick.atMs)))]);
      expect(new Set(series[0]!.aas)).toEqual(new Set(seen.length === atMs.length ? [0.3] : [0.3, null]));
    });

    it('keeps targets apart and knows what it covers of each', async () => {
      await history.appendTicks('shop', [aTick(START + 1000, [aSample({}, 1000)]), aTick(START + 9000, [])]);
      await history.appendTicks('blog', [aTick(START + 2000, [aSample({}, 500)])]);
      expect(await history.targets()).toEqual([
        { target: 'blog', firstMs: START + 2000, lastMs: START + 2000 },
        { target: 'shop', firstMs: START + 1000, lastMs: START + 9000 },
      ]);
      const top = await history.top({ ...window, target: 'blog', groupBy: 'db.user' });
      expect(top).toMatchObject({ coveredMs: 1000, totalAas: 0.5 });
      const unknown = await history.top({ ...window, target: 'none', groupBy: 'db.user' });
      expect(unknown).toEqual({ coveredMs: 0, totalAas: 0, rows: [] });
    });

    it('gives a tick to the day that it ends in', async () => {
      const midnight = START + 24 * HOUR;
      await history.appendTicks('shop', [
        aTick(midnight - 500, [aSample({}, 1000)]),
        aTick(midnight, [aSample({}, 1000)]),
      ]);
      const { coveredMs } = await history.series({
        target: 'shop',
        fromMs: START,
        toMs: midnight + 1,
        periodSeconds: 86400,
      });
      expect(coveredMs).toEqual([1000, 1000]);
    });

    it('adds up counters and averages gauges', async () => {
      const point = (second: number, metric: string, key: string, value: number, durationMs = 1000) => ({
        atMs: START + second * 1000,
        durationMs,
        metric,
        key,
        value,
      });
      await history.appendCounters('shop', [
        point(1, 'calls', 'q2', 5),
        point(2, 'calls', 'q1', 7),
        point(3, 'calls', 'q1', 0.5),
        point(121, 'calls', 'q1', 1),
        point(5, 'size', '', 10, 0),
        point(6, 'size', '', 20, 0),
        point(7, 'other', '', 1),
      ]);
      const query = { target: 'shop', fromMs: START, toMs: START + 180_000, periodSeconds: 60 } as const;
      const at = (...values: (number | null)[]) =>
        values.map((value, i) => ({ atMs: START + i * 60_000, value }));
      expect(await history.counterSeries({ ...query, metrics: ['size', 'calls', 'none'] })).toEqual([
        { metric: 'size', key: '', points: at(15, null, null) },
        { metric: 'calls', key: 'q1', points: at(7.5, null, 1) },
        { metric: 'calls', key: 'q2', points: at(5, null, null) },
      ]);
      const onlyQ2 = await history.counterSeries({ ...query, metrics: ['calls'], keys: ['q2', 'q9'] });
      expect(onlyQ2.map(({ key }) => key)).toEqual(['q2']);
    });

    it('returns events newest first', async () => {
      const events = [
        anEvent(START + 5, 'b'),
        anEvent(START + 5, 'c'),
        anEvent(START + 24 * HOUR, 'd'),
        anEvent(START + 1, 'a'),
      ];
      await history.appendEvents('shop', events);
      await history.appendEvents('blog', [anEvent(START + 2, 'x')]);
      const all = await history.events({ target: 'shop', fromMs: START, toMs: START + 25 * HOUR });
      expect(all.map(({ kind }) => kind)).toEqual(['d', 'c', 'b', 'a']);
      expect(all[3]).toEqual(events[3]);
      const some = await history.events({
        target: 'shop',
        fromMs: START + 1,
        toMs: START + 24 * HOUR,
        limit: 2,
      });
      expect(some.map(({ kind }) => kind)).toEqual(['c', 'b']);
    });

    it('finds events by severity, and by part of what they say, taken literally', async () => {
      const says = (atMs: number, severity: HistoryEvent['severity'], message: string, kind = 'other') => ({
        ...anEvent(START + atMs, kind),
        severity,
        message,
      });
      await history.appendEvents('shop', [
        says(1, 'error', 'Lost 100% of É'),
        says(2, 'info', 'lost 1000 of e'),
        says(3, 'info', 'quiet', 'Lost-Sight'),
        says(4, 'error', 'under_score'),
        says(5, 'error', 'underscore'),
      ]);
      const found = async (asked: Pick<EventQuery, 'severity' | 'search' | 'limit'>) => {
        const events = await history.events({ ...window, ...asked });
        return events.map(({ atMs }) => atMs - START);
      };
      expect(await found({ search: 'LOST' })).toEqual([3, 2, 1]);
      expect(await found({ search: '100%' })).toEqual([1]);
      expect(await found({ search: 'R_S' })).toEqual([4]);
      expect(await found({ search: 'é' })).toEqual([1]);
      expect(await found({ search: '' })).toEqual([5, 4, 3, 2, 1]);
      expect(await found({ search: "'" })).toEqual([]);
      expect(await found({ severity: 'error', limit: 2 })).toEqual([5, 4]);
      expect(await found({ severity: 'info', search: 'lost', limit: 1 })).toEqual([3]);
      expect(await found({ severity: 'warning' })).toEqual([]);
    });

    describePauses(open);
    describeFiveMinutes(open);

    it('returns decisions as they were', async () => {
      const decision = { from: 0.5, to: 2, why: { binds: 'cpu', list: [1, null, 'x'] } };
      await history.appendDecisions('shop', [
        { atMs: START, decision },
        { atMs: START + 1, decision: {} },
      ]);
      expect(await history.decisions({ target: 'shop', fromMs: START, toMs: START + 2 })).toEqual([
        { atMs: START + 1, decision: {} },
        { atMs: START, decision },
      ]);
    });

    it('keeps the first text of a digest, but prefers a whole one to a cut one', async () => {
      await history.saveDigests([aDigest('1', 'select $1'), aDigest('2', 'select cut', true)]);
      await history.flush();
      await history.saveDigests([
        aDigest('1', 'other'),
        aDigest('2', 'select cut, no more'),
        aDigest('2', 'x', true),
      ]);
      await history.saveDigests([aDigest('1', 'cut', true)]);
      expect(await history.digests(['2', 'unknown', '1', '2'])).toEqual([
        aDigest('2', 'select cut, no more'),
        aDigest('1', 'select $1'),
      ]);
    });

    it('takes any text', async () => {
      const odd = ['', ' ', 'O\'Hara \\ "q"', '雪\n', 'x'.repeat(5000), '%', '🙂'];
      await history.appendTicks('shop', [
        aTick(
          START,
          odd.map((text, i) => aSample({ 'db.application': text }, i + 1)),
        ),
      ]);
      const { rows } = await history.top({ ...window, groupBy: 'db.application' });
      expect(rows.map(({ key }) => key)).toEqual(odd.toReversed());
    });

    it('takes late ticks, also of hours that were rolled up', async () => {
      await history.appendTicks('shop', [aTick(START + 1000, [aSample({}, 1000)])]);
      await history.maintain(START + 30 * HOUR);
      await history.appendTicks('shop', [aTick(START + 2000, [aSample({}, 0.5 * 1000)])]);
      const query = { target: 'shop', fromMs: START, toMs: START + 24 * HOUR, groupBy: 'db.user' } as const;
      const expected = { coveredMs: 2000, totalAas: 0.75 };
      expect(await history.top(query)).toMatchObject(expected);
      await history.maintain(START + 30 * HOUR);
      expect(await history.top(query)).toMatchObject(expected);
    });

    it('refuses what it cannot answer', async () => {
      const code = { code: 'INVALID_QUERY' };
      const bad = { ...window, groupBy: 'db.color' as Dimension };
      await expect(history.top(bad)).rejects.toMatchObject(code);
      await expect(history.series({ ...window, periodSeconds: 7 as 1 })).rejects.toMatchObject(code);
      await expect(history.series({ ...window, toMs: START - 1, periodSeconds: 1 })).rejects.toMatchObject(
        code,
      );
      await expect(history.top({ ...window, groupBy: 'db.user', limit: -1 })).rejects.toMatchObject(code);
      await expect(
        history.top({ ...window, filter: { ['x' as Dimension]: [] }, groupBy: 'db.user' }),
      ).rejects.toMatchObject(code);
    });

    it('answers an empty window and an empty history', async () => {
      const empty = await history.series({ ...window, periodSeconds: 1, toMs: START });
      expect(empty).toEqual({ atMs: [], coveredMs: [], series: [{ key: '', aas: [] }] });
      expect((await history.series({ ...window, periodSeconds: 60, groupBy: 'db.user' })).series).toEqual([]);
      expect(await history.targets()).toEqual([]);
      expect(await history.digests([])).toEqual([]);
      expect(history.health()).toMatchObject({ status: 'recording', lostTicks: 0 });
    });

    it('keeps a tuple whole', async () => {
      const whole = Object.fromEntries(DIMENSIONS.map((dimension, i) => [dimension, `value ${i}`]));
      await history.appendTicks('shop', [aTick(START, [aSample(whole, 10), aSample({}, 20)])]);
      await history.maintain(START + 48 * HOUR);
      const filter = Object.fromEntries(
        DIMENSIONS.map((dimension) => [dimension, [tuple(whole)[dimension]]]),
      );
      const query = { target: 'shop', fromMs: START, toMs: START + 24 * HOUR, filter } as const;
      expect((await history.top({ ...query, groupBy: 'db.host' })).totalAas).toBe(0.01);
    });

    describeQueriesAgainstNaive(open);
  });
}
