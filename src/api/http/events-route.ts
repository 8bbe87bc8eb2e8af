import { eventsQuery } from '../contracts.ts';
import type { EventsAnswer } from '../contracts.ts';
import type { Api, ApiParts } from './api-parts.ts';
import type { QueryGate } from './query-gate.ts';
import { readQuery, readWindow } from './query.ts';
import { requireTarget } from './targets-known.ts';

const DEFAULT_EVENTS = 100;

/** `GET /api/targets/:target/events`: what happened to the observation and the database, newest first. */
export function addEventsRoute(api: Api, parts: ApiParts, gate: QueryGate): void {
  api.get('/api/targets/:target/events', async (context) => {
    const asked = readQuery(context, eventsQuery);
    const window = readWindow(asked, parts.now());
    const { target } = await requireTarget(parts, context.req.param('target'));
    const found = await gate.run(() =>
      parts.history.events({
        target,
        ...window,
        limit: asked.limit ?? DEFAULT_EVENTS,
        ...(asked.severity === undefined ? {} : { severity: asked.severity }),
        ...(asked.search === undefined ? {} : { search: asked.search }),
      }),
    );
    const answer: EventsAnswer = {
      meta: { target, ...window },
      events: found.map((event) => ({ ...event, data: { ...event.data } })),
    };
    return context.json(answer);
  });
}
