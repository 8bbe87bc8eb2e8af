import { topQuery } from '../../contracts.ts';
import type { TopAnswer } from '../../contracts.ts';
import type { Api, ApiParts } from '../api-parts.ts';
import { requireTrust } from '../access/guard.ts';
import { isText, labelsFor } from './labels.ts';
import { describeLoad, toLoadQuery } from './load-selection.ts';
import type { QueryGate } from '../query-gate.ts';
import { readQuery, readWindow } from '../query.ts';
import { requireTarget } from '../targets-known.ts';

/** `GET /api/targets/:target/top`: what loaded the database most over the window, each row split if asked. */
export function addTopRoute(api: Api, parts: ApiParts, gate: QueryGate): void {
  api.get('/api/targets/:target/top', async (context) => {
    const asked = readQuery(context, topQuery);
    const window = readWindow(asked, parts.now());
    const known = await requireTarget(parts, context.req.param('target'));
    const groupBy = asked.group_by ?? 'db.wait_event';
    const partitionBy = asked.partition_by ?? null;
    if (isText(groupBy) || isText(partitionBy)) requireTrust(context);
    const query = toLoadQuery(known.target, window, asked);
    const found = await gate.run(() =>
      parts.history.top({
        ...query,
        groupBy,
        ...(partitionBy === null ? {} : { partitionBy }),
        ...(asked.limit === undefined ? {} : { limit: asked.limit }),
      }),
    );
    const label = await labelsFor(
      parts.history,
      groupBy,
      found.rows.map(({ key }) => key),
    );
    const partitionKeys = found.rows.flatMap(({ partitions }) => partitions.map(({ key }) => key));
    const partitionLabel = await labelsFor(parts.history, partitionBy, partitionKeys);
    const answer: TopAnswer = {
      meta: { ...describeLoad(known, query, found.coveredMs, found.totalAas), groupBy, partitionBy },
      rows: found.rows.map(({ key, aas, partitions }) => ({
        key,
        label: label(key),
        aas,
        partitions: partitions.map((part) => ({
          key: part.key,
          label: partitionLabel(part.key),
          aas: part.aas,
        })),
      })),
    };
    return context.json(answer);
  });
}
