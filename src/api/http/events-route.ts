import { eventsQuery } from '../contracts.ts';
import type { EventsAnswer } from '../contracts.ts';
import type { Api, ApiParts } from './api-parts.ts';
import type { QueryGate } from './query-gate.ts';
import { readQuery, readWindow } from './query.ts';
import { requireTarget } from './targets-known.ts';

/** Severity is sifted after the store's limit, so the store is asked for as many as it gives. */
const MOST_EVENTS = 1000;

/** `GET /api/targets/:target/events`: what happened to the observation and the database, newest first. */
export function addEventsRoute(api: Api, parts: ApiParts, gate: QueryGate): void {
  api.get('/api/targets/:target/events', async (context) => {
    const asked = readQuery(context, eventsQuery);
    const window = readWindow(asked, parts.now());
    const { target } = await requireTarget(parts, context.req.param('target'));
    const limit = asked.limit ?? 100;
    const found = await gate.run(() =>
      parts.history.events({ target, ...window, limit: asked.severity === undefined ? limit : MOST_EVENTS }),
    );
    const events = found.filter(
      ({ severity }) => asked.severity === undefined || severity === asked.severity,
    );
    const answer: EventsAnswer = {
      meta: { target, ...window },
      events: events.slice(0, limit).map((event) => ({ ...event, data: { ...event.data } })),
    };
    return context.json(answer);
  });
}
