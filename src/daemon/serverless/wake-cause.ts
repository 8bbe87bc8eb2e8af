import { setTimeout as sleep } from 'node:timers/promises';
import type { WakeKind } from '../../capacity/model.ts';
import type { ClientSession } from '../../cluster/managed/activity.ts';
import type { ManagedCluster } from '../../cluster/managed/model.ts';
import type { TitledClient } from '../../cluster/managed/newcomers.ts';
import type { WakeCause } from '../../sentinel/protocol.ts';

/** A log-in takes some milliseconds, and some sessions hardly more. */
const NAMING_MS = 1_000;
const POLL_MS = 2;
const LOG_IN_POLL_MS = 10;

export function wakeKindOf({ kind }: WakeCause): WakeKind {
  if (kind === 'connection' || kind === 'bytes') return 'client';
  return kind === 'disconnect' ? 'disconnect' : 'request';
}

/** For people. `known` are the sessions of before the pause. */
export function describeCause(cause: WakeCause, known: readonly ClientSession[]): string {
  switch (cause.kind) {
    case 'connection':
      return 'a new connection';
    case 'bytes':
      return `a query of ${describeSession(known, cause.pid)}`;
    case 'disconnect':
      return `the end of the session of ${describeSession(known, cause.pid)}`;
    case 'request':
      return 'a request to Airglow';
    case 'signal':
      return 'a signal to the server';
    case 'ended':
      return 'the end of the server';
    case 'orphaned':
      return 'the end of the sentinel';
  }
}

/** The newest session that was not there before the pause; null where there is none soon. */
export async function findNewcomer(
  cluster: ManagedCluster,
  known: readonly ClientSession[],
): Promise<string | null> {
  const before = new Set(known.map(({ pid }) => pid));
  const patienceEndsAt = performance.now() + NAMING_MS;
  let seen: TitledClient | null = null;
  while (performance.now() < patienceEndsAt) {
    const newcomer = cluster.rest.newcomers(before)[0];
    if (newcomer === undefined && seen !== null) break;
    if (newcomer !== undefined) {
      seen = newcomer;
      // Its program it tells to the server only, at the end of its log-in.
      const sessions = await cluster.rest.sessions().catch((): readonly ClientSession[] => []);
      const session = sessions.find(({ pid, user }) => pid === newcomer.pid && user !== '');
      if (session !== undefined) return `a new connection of ${nameOf(session)}`;
    }
    await sleep(seen === null ? POLL_MS : LOG_IN_POLL_MS);
  }
  return seen === null ? null : `a new connection of ${nameOf({ ...seen, application: '' })}`;
}

type Named = Pick<ClientSession, 'user' | 'database' | 'application' | 'host'>;

function describeSession(known: readonly ClientSession[], pid: number): string {
  const session = known.find((each) => each.pid === pid);
  return session === undefined ? `backend ${pid}` : nameOf(session);
}

function nameOf({ user, database, application, host }: Named): string {
  const program = application === '' ? '' : `, ${application}`;
  return `${user}@${database} (${host === '[local]' ? 'local' : host}${program})`;
}
