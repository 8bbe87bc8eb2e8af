import type { CounterSeries } from '../../../history/history.ts';
import { statementsQuery } from '../../contracts.ts';
import type { StatementsAnswer } from '../../contracts.ts';
import type { Window } from '../../window.ts';
import type { Api, ApiParts } from '../api-parts.ts';
import { requireTrust } from '../access/guard.ts';
import { describeLoad, toLoadQuery } from './load-selection.ts';
import type { QueryGate } from '../query-gate.ts';
import { readQuery, readWindow } from '../query.ts';
import { requireTarget } from '../targets-known.ts';

/** Counters of pg_stat_statements as the engine names them; their key is the digest. */
const CALLS = 'pg_stat_statements.calls';
const EXECUTION_MS = 'pg_stat_statements.total_exec_time';
const ROWS = 'pg_stat_statements.rows';

type Statistics = StatementsAnswer['statements'][number]['statistics'];

/** `GET /api/targets/:target/statements`: the statements that load the database most, with how often they ran. */
export function addStatementsRoute(api: Api, parts: ApiParts, gate: QueryGate): void {
  api.get('/api/targets/:target/statements', async (context) => {
    requireTrust(context);
    const asked = readQuery(context, statementsQuery);
    const window = readWindow(asked, parts.now());
    const known = await requireTarget(parts, context.req.param('target'));
    const query = toLoadQuery(known.target, window, asked);
    const found = await gate.run(() =>
      parts.history.top({
        ...query,
        groupBy: 'db.sql_tokenized',
        partitionBy: 'db.wait_event',
        ...(asked.limit === undefined ? {} : { limit: asked.limit }),
      }),
    );
    const ids = found.rows.map(({ key }) => key).filter((key) => key !== '');
    const digests = new Map((await parts.history.digests(ids)).map((digest) => [digest.id, digest]));
    const statistics = await gate.run(() =>
      readStatistics(parts, known.target, window, ids, found.coveredMs),
    );
    const answer: StatementsAnswer = {
      meta: describeLoad(known, query, found.coveredMs, found.totalAas),
      statements: found.rows.map(({ key, aas, partitions }) => ({
        sqlId: key,
        sql: digests.get(key)?.text ?? null,
        truncated: digests.get(key)?.truncated ?? false,
        aas,
        waits: partitions.map((part) => ({ key: part.key, label: part.key, aas: part.aas })),
        statistics: statistics.get(key) ?? null,
      })),
    };
    return context.json(answer);
  });
}

async function readStatistics(
  { history }: ApiParts,
  target: string,
  window: Window,
  ids: readonly string[],
  coveredMs: number,
): Promise<Map<string, Statistics>> {
  if (ids.length === 0) return new Map();
  // Only the sums matter, so the longest period, which gives the fewest points.
  const series = await history.counterSeries({
    target,
    ...window,
    periodSeconds: 86_400,
    metrics: [CALLS, EXECUTION_MS, ROWS],
    keys: ids,
  });
  const growth = new Map(series.map((one) => [`${one.metric} ${one.key}`, total(one)]));
  const result = new Map<string, Statistics>();
  for (const id of ids) {
    const calls = growth.get(`${CALLS} ${id}`);
    if (calls === undefined) continue;
    const executionMs = growth.get(`${EXECUTION_MS} ${id}`);
    result.set(id, {
      calls,
      callsPerSecond: coveredMs > 0 ? (calls * 1000) / coveredMs : 0,
      meanMs: executionMs === undefined || calls === 0 ? null : executionMs / calls,
      rows: growth.get(`${ROWS} ${id}`) ?? null,
    });
  }
  return result;
}

function total({ points }: CounterSeries): number {
  return points.reduce((sum, { value }) => sum + (value ?? 0), 0);
}
