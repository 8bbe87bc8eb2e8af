import type { CounterSeries } from '../../../history/history.ts';
import { countersQuery } from '../../contracts.ts';
import type { CountersAnswer } from '../../contracts.ts';
import { choosePeriod } from '../../window.ts';
import type { Api, ApiParts } from '../api-parts.ts';
import type { QueryGate } from '../query-gate.ts';
import { readQuery, readWindow } from '../query.ts';
import { requireTarget } from '../targets-known.ts';

const DEFAULT_SERIES = 20;

/** `GET /api/targets/:target/counters`: growth of counters and means of gauges over time, by metric and key. */
export function addCountersRoute(api: Api, parts: ApiParts, gate: QueryGate): void {
  api.get('/api/targets/:target/counters', async (context) => {
    const asked = readQuery(context, countersQuery);
    const window = readWindow(asked, parts.now());
    const periodSeconds = choosePeriod(window, asked.period);
    const { target } = await requireTarget(parts, context.req.param('target'));
    const found = await gate.run(() =>
      parts.history.counterSeries({
        target,
        ...window,
        periodSeconds,
        metrics: asked.metric,
        ...(asked.key === undefined ? {} : { keys: asked.key }),
      }),
    );
    const limit = asked.limit ?? DEFAULT_SERIES;
    const largest = found.toSorted((a, b) => total(b) - total(a)).slice(0, limit);
    const answer: CountersAnswer = {
      meta: { target, ...window, periodSeconds, leftOutSeries: found.length - largest.length },
      series: largest.map(({ metric, key, points }) => ({
        metric,
        key,
        points: points.map((point) => ({ ...point })),
      })),
    };
    return context.json(answer);
  });
}

function total({ points }: CounterSeries): number {
  return points.reduce((sum, { value }) => sum + (value ?? 0), 0);
}
