import { noQuery, type SessionAnswer } from '../../contracts.ts';
import type { Api, ApiParts } from '../api-parts.ts';
import { readQuery } from '../query.ts';

/** `GET /api/session`: what whoever asks may do, so that a page offers just that. */
export function addSessionRoute(api: Api, { access, fleet, version, now }: ApiParts): void {
  api.get('/api/session', (context) => {
    readQuery(context, noQuery);
    const answer: SessionAnswer = {
      version,
      nowMs: now(),
      isTrusted: context.get('isTrusted'),
      signIn: access.token === undefined ? 'not needed' : 'possible',
      hasClusters: fleet !== undefined,
    };
    return context.json(answer);
  });
}
