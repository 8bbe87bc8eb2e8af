import { noQuery } from '../../contracts.ts';
import type { SessionsAnswer } from '../../contracts.ts';
import type { Api, ApiParts } from '../api-parts.ts';
import { requireTrust } from '../access/guard.ts';
import { readQuery } from '../query.ts';
import { requireWatched } from '../targets-known.ts';

/** `GET /api/targets/:target/sessions`: the sessions as the last tick saw them, with their statements. */
export function addSessionsRoute(api: Api, parts: ApiParts): void {
  api.get('/api/targets/:target/sessions', async (context) => {
    requireTrust(context);
    readQuery(context, noQuery);
    const { observer } = requireWatched(parts, context.req.param('target'));
    const sessions = observer.sessions();
    const ids = [...new Set(sessions.map(({ sqlId }) => sqlId))].filter((id) => id !== '');
    const digests = ids.length === 0 ? [] : await parts.history.digests(ids);
    const texts = new Map(digests.map(({ id, text }) => [id, text]));
    const answer: SessionsAnswer = {
      target: observer.target,
      atMs: observer.status().lastTickAtMs,
      sessions: sessions.map((session) => ({ ...session, sql: texts.get(session.sqlId) ?? null })),
    };
    return context.json(answer);
  });
}
