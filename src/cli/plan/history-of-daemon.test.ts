import { expect, it } from 'vitest';
import type { ApiClient, CountersRequest, LoadRequest } from '../../api/client.ts';
import type { CountersAnswer, LoadAnswer, TargetsAnswer, TopAnswer } from '../../api/contracts.ts';
import { historyOfDaemon } from './history-of-daemon.ts';

const HOUR_MS = 3_600_000;
const MOST_POINTS = 2016;

/** What of answers a plan reads, as a daemon gives it, and what it was asked. */
class Daemon implements Pick<ApiClient, 'targets' | 'load' | 'top' | 'counters'> {
  readonly asked: (LoadRequest | CountersRequest)[] = [];

  targets = async () =>
    ({
      targets: [
        { target: 'shop', firstMs: 1000, lastMs: 5000 },
        { target: 'new', firstMs: null, lastMs: null },
      ],
    }) as TargetsAnswer;

  load = async (_target: string, request: LoadRequest = {}) => {
    this.asked.push(request);
    return {
      atMs: [0],
      coveredMs: [1000],
      series: [{ key: 'CPU', label: 'CPU', averageAas: 1, aas: [1] }],
    } as unknown as LoadAnswer;
  };

  top = async () =>
    ({
      meta: { coveredSeconds: 60, aas: 2 },
      rows: [{ key: 'CPU', label: 'CPU', aas: 2, partitions: [] }],
    }) as unknown as TopAnswer;

  counters = async (_target: string, request: CountersRequest) => {
    this.asked.push(request);
    const atMs = Number(request.from);
    const series = ['', 'shop'].map((key) => ({ metric: 'm', key, points: [{ atMs, value: 1 }] }));
    return { series } as unknown as CountersAnswer;
  };
}

it('asks for no more than a daemon answers, and knows only targets with a record', async () => {
  const daemon = new Daemon();
  const history = historyOfDaemon(daemon);
  expect(await history.targets()).toEqual([{ target: 'shop', firstMs: 1000, lastMs: 5000 }]);
  const window = { target: 'shop', fromMs: 0, toMs: 1000 };
  const filter = { 'db.wait_event': ['CPU'] };
  const query = { ...window, periodSeconds: 1, groupBy: 'db.wait_event', limit: 5000, filter } as const;
  expect((await history.series(query)).series[0]).toMatchObject({ key: 'CPU', aas: [1] });
  expect(daemon.asked).toEqual([
    { from: 0, to: 1000, period: 1, groupBy: 'db.wait_event', limit: 100, filter },
  ]);
  expect(await history.top({ ...window, groupBy: 'db.wait_event' })).toMatchObject({
    coveredMs: 60_000,
    totalAas: 2,
    rows: [{ key: 'CPU', aas: 2 }],
  });
});

it('reads counters of a window that is too long for one answer in several, and only the keys that were asked for', async () => {
  const daemon = new Daemon();
  const toMs = 3000 * HOUR_MS + 1;
  const found = await historyOfDaemon(daemon).counterSeries({
    ...{ target: 'shop', fromMs: 500, toMs, periodSeconds: 3600 },
    ...{ metrics: ['m'], keys: [''] },
  });
  const cutMs = MOST_POINTS * HOUR_MS;
  expect(found).toEqual([
    {
      metric: 'm',
      key: '',
      points: [
        { atMs: 500, value: 1 },
        { atMs: cutMs, value: 1 },
      ],
    },
  ]);
  expect(daemon.asked.map((request) => [request.from, request.to])).toEqual([
    [500, cutMs],
    [cutMs, toMs],
  ]);
});
