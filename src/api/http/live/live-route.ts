import { liveQuery } from '../../contracts.ts';
import type { Api, ApiLimits, ApiParts } from '../api-parts.ts';
import type { LiveClients } from './live-clients.ts';
import { liveSource } from './live-source.ts';
import { createLiveStream } from './live-stream.ts';
import { readQuery } from '../query.ts';
import { findCluster, requireWatched } from '../targets-known.ts';

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  // Asks a proxy in between not to hold events back.
  'x-accel-buffering': 'no',
};

/** `GET /api/live`: ticks and events of all targets, or of those named, as they happen. */
export function addLiveRoute(api: Api, parts: ApiParts, limits: ApiLimits, clients: LiveClients): void {
  api.get('/api/live', (context) => {
    const asked = readQuery(context, liveQuery);
    for (const name of asked.target ?? []) {
      if (!findCluster(parts, name)) requireWatched(parts, name);
    }
    // Nobody would ever read, and so end, the stream of a HEAD request.
    if (context.req.raw.method === 'HEAD') return context.body(null, 200, HEADERS);
    const stream = createLiveStream({
      source: liveSource(parts, asked.target ? new Set(asked.target) : null),
      groupBy: asked.group_by ?? ['db.wait_event'],
      version: parts.version,
      heartbeatMs: limits.heartbeatMs,
      stallMs: limits.stallMs,
      closing: parts.closing,
      elapsed: () => performance.now(),
      onEnd: clients.enter(),
      disconnect: () => context.env?.outgoing?.destroy(),
    });
    return context.body(stream, 200, HEADERS);
  });
}
