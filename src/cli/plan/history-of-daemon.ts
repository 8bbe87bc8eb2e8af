import type { ApiClient } from '../../api/client.ts';
import { MAX_ROWS } from '../../api/requests.ts';
import { MAX_POINTS } from '../../api/window.ts';
import type {
  CounterQuery,
  CounterSeries,
  LoadSeries,
  SeriesQuery,
  TargetSpan,
  TopQuery,
  TopResult,
} from '../../history/history.ts';
import type { ReadHistory } from './recorded-history.ts';

/**
 * The record of a daemon that runs, asked of it: nobody else may open the store meanwhile. It answers at most 100 keys, where the
 * rest is summed up, and 2016 points, so `series` may be asked for no more.
 */
export function historyOfDaemon(
  client: Pick<ApiClient, 'targets' | 'load' | 'top' | 'counters'>,
): ReadHistory {
  return {
    targets: () => targetsOf(client),
    series: ({ target, fromMs, toMs, periodSeconds, limit, ...rest }) =>
      seriesOf(client, { target, fromMs, toMs, periodSeconds, ...rest, limit: rowsOf(limit) }),
    top: (query) => topOf(client, query),
    counterSeries: (query) => countersOf(client, query),
    close: async () => {},
  };
}

type Asked<Method extends keyof ApiClient> = Pick<ApiClient, Method>;

function rowsOf(limit: number | undefined): number {
  return Math.min(limit ?? MAX_ROWS, MAX_ROWS);
}

async function targetsOf(client: Asked<'targets'>): Promise<readonly TargetSpan[]> {
  const { targets } = await client.targets();
  return targets.flatMap(({ target, firstMs, lastMs }) =>
    firstMs === null || lastMs === null ? [] : [{ target, firstMs, lastMs }],
  );
}

async function seriesOf(
  client: Asked<'load'>,
  { target, fromMs, toMs, periodSeconds, ...rest }: SeriesQuery,
): Promise<LoadSeries> {
  return await client.load(target, { ...rest, from: fromMs, to: toMs, period: periodSeconds });
}

async function topOf(
  client: Asked<'top'>,
  { target, fromMs, toMs, limit, ...rest }: TopQuery,
): Promise<TopResult> {
  const { meta, rows } = await client.top(target, {
    ...rest,
    from: fromMs,
    to: toMs,
    limit: rowsOf(limit),
  });
  return { coveredMs: meta.coveredSeconds * 1000, totalAas: meta.aas ?? 0, rows };
}

/** As long a window as is asked for, in as many questions as that takes. */
async function countersOf(
  client: Asked<'counters'>,
  { target, fromMs, toMs, periodSeconds, metrics, keys }: CounterQuery,
): Promise<readonly CounterSeries[]> {
  const periodMs = periodSeconds * 1000;
  const found = new Map<string, CounterSeries>();
  for (let startMs = fromMs; startMs < toMs;) {
    const endMs = Math.min((Math.floor(startMs / periodMs) + MAX_POINTS) * periodMs, toMs);
    const window = { from: startMs, to: endMs, period: periodSeconds };
    // No key can be asked for by the empty text, so they are sifted here.
    const { series } = await client.counters(target, { ...window, metrics, limit: MAX_ROWS });
    for (const { metric, key, points } of series) {
      if (keys !== undefined && !keys.includes(key)) continue;
      const id = JSON.stringify([metric, key]);
      found.set(id, { metric, key, points: [...(found.get(id)?.points ?? []), ...points] });
    }
    startMs = endMs;
  }
  return [...found.values()];
}
