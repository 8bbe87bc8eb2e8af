import type { LoadSeries } from '../../../history/history.ts';
import { loadQuery } from '../../contracts.ts';
import type { LoadAnswer } from '../../contracts.ts';
import { choosePeriod, findGaps } from '../../window.ts';
import type { Api, ApiParts } from '../api-parts.ts';
import type { QueryGate } from '../query-gate.ts';
import { requireTrust } from '../access/guard.ts';
import { isText, labelsFor } from './labels.ts';
import { describeLoad, toLoadQuery } from './load-selection.ts';
import { readQuery, readWindow } from '../query.ts';
import { requireTarget } from '../targets-known.ts';
import type { NamedTarget } from '../targets-known.ts';

/** The newest ticks are still being settled and written. */
const SETTLING_MS = 15_000;
/** Of a database that sleeps what has passed is told once a minute. */
const ASLEEP_MS = 60_000;

/** `GET /api/targets/:target/load`: load over time, in one series or by a dimension. */
export function addLoadRoute(api: Api, parts: ApiParts, gate: QueryGate): void {
  api.get('/api/targets/:target/load', async (context) => {
    const asked = readQuery(context, loadQuery);
    const nowMs = parts.now();
    const window = readWindow(asked, nowMs);
    const periodSeconds = choosePeriod(window, asked.period);
    const known = await requireTarget(parts, context.req.param('target'));
    const groupBy = asked.group_by ?? null;
    if (isText(groupBy)) requireTrust(context);
    const query = toLoadQuery(known.target, window, asked);
    const [found, pauses] = await gate.run(() =>
      Promise.all([
        parts.history.series({
          ...query,
          periodSeconds,
          ...(groupBy === null ? {} : { groupBy }),
          ...(asked.limit === undefined ? {} : { limit: asked.limit }),
        }),
        parts.history.pauses({ target: known.target, ...window }),
      ]),
    );
    const label = await labelsFor(
      parts.history,
      groupBy,
      found.series.map(({ key }) => key),
    );
    const coveredMs = found.coveredMs.reduce((total, periodMs) => total + periodMs, 0);
    const series = found.series.map(({ key, aas }) => ({
      key,
      label: label(key),
      averageAas: averageOf(aas, found),
      aas: [...aas],
    }));
    const totalAas = series.reduce((total, { averageAas }) => total + (averageAas ?? 0), 0);
    const answer: LoadAnswer = {
      meta: {
        ...describeLoad(known, query, coveredMs, totalAas),
        periodSeconds,
        groupBy,
        gaps: findGaps(found, periodSeconds, window, nowMs - untoldMs(known)),
        pauses: pauses.map(({ fromMs, toMs }) => ({ fromMs, toMs })),
      },
      atMs: [...found.atMs],
      coveredMs: [...found.coveredMs],
      series,
    };
    return context.json(answer);
  });
}

/** Newer than this is no gap: nobody has told it yet. */
export function untoldMs({ watched }: NamedTarget): number {
  const isAsleep = watched?.observer.status().connection === 'paused';
  return SETTLING_MS + (isAsleep ? ASLEEP_MS : 0);
}

/** Over the covered time of the window, so that it is what the top answers. */
function averageOf(aas: readonly (number | null)[], { coveredMs }: LoadSeries): number | null {
  let [activeMs, totalMs] = [0, 0];
  for (const [index, periodMs] of coveredMs.entries()) {
    activeMs += (aas[index] ?? 0) * periodMs;
    totalMs += periodMs;
  }
  return totalMs > 0 ? activeMs / totalMs : null;
}
