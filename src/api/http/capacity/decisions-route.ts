import type { Fleet } from '../../../daemon/fleet.ts';
import type { DecisionRecord } from '../../../history/history.ts';
import { decisionsQuery } from '../../contracts.ts';
import type { DecisionsAnswer } from '../../contracts.ts';
import type { Api, ApiParts } from '../api-parts.ts';
import type { QueryGate } from '../query-gate.ts';
import { readQuery, readWindow } from '../query.ts';

const DEFAULT_DECISIONS = 100;

/** `GET /api/clusters/:name/decisions`: decisions about capacity out of the record, newest first. */
export function addDecisionsRoute(api: Api, parts: ApiParts, fleet: Fleet, gate: QueryGate): void {
  api.get('/api/clusters/:name/decisions', async (context) => {
    const asked = readQuery(context, decisionsQuery);
    const window = readWindow(asked, parts.now());
    const { name } = fleet.describe(context.req.param('name'));
    const limit = asked.limit ?? DEFAULT_DECISIONS;
    const found = await gate.run(() => parts.history.decisions({ target: name, ...window, limit }));
    const answer: DecisionsAnswer = { meta: { name, ...window }, decisions: found.map(split) };
    return context.json(answer);
  });
}

function split({ atMs, decision: { reason, ...decision } }: DecisionRecord) {
  return { atMs, reason: typeof reason === 'string' ? reason : null, decision };
}
