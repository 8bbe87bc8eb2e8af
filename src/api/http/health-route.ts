import { noQuery } from '../contracts.ts';
import type { HealthAnswer } from '../contracts.ts';
import { firstLine } from '../first-line.ts';
import type { Api, ApiParts } from './api-parts.ts';
import { isConnected } from './connection-state.ts';
import type { LiveClients } from './live/live-clients.ts';
import { readQuery } from './query.ts';

/** `GET /api/health`: whether everything is observed and recorded, and if not, what is wrong. Always 200. */
export function addHealthRoute(api: Api, parts: ApiParts, liveClients: LiveClients): void {
  api.get('/api/health', (context) => {
    readQuery(context, noQuery);
    const problems = findProblems(parts);
    const targets = parts.targets.list();
    const connected = targets.filter(({ observer }) => isConnected(observer.status().connection));
    const { status, message, bytesOnDisk, lostTicks } = parts.history.health();
    const answer: HealthAnswer = {
      status: problems.length === 0 ? 'ok' : 'degraded',
      problems,
      version: parts.version,
      startedAtMs: parts.startedAtMs,
      nowMs: parts.now(),
      store: { status, message, bytesOnDisk, lostTicks },
      recorder: parts.recorder.health(),
      targets: { watched: targets.length, connected: connected.length },
      liveClients: liveClients.count,
    };
    return context.json(answer);
  });
}

function findProblems(parts: ApiParts): string[] {
  const store = parts.history.health();
  const recorder = parts.recorder.health();
  const problems: string[] = [];
  if (store.status !== 'recording') problems.push(`store: ${store.message}`);
  if (recorder.status !== 'recording') problems.push(`recorder: ${recorder.message}`);
  for (const { observer } of parts.targets.list()) {
    const { connection, lastError } = observer.status();
    if (isConnected(connection)) continue;
    problems.push(`${observer.target}: ${connection}${lastError ? `: ${lastError.message}` : ''}`);
  }
  for (const { name, status, statusReason } of parts.fleet?.list() ?? []) {
    if (status === 'failed')
      problems.push(`${name}: failed${statusReason ? `: ${firstLine(statusReason)}` : ''}`);
  }
  return problems;
}
