import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { clusterFolder } from '../../src/cluster/managed/cluster-folder.ts';
import type { ClusterSpec } from '../../src/cluster/managed/model.ts';
import type { CreateRequest, FleetOptions, WakeReport } from '../../src/daemon/fleet.ts';
import type { HistoryEvent } from '../../src/history/history.ts';
import { hasLimits, openLimits } from '../../src/kernel/limits/open-limits.ts';
import type { ResourceGroup } from '../../src/kernel/limits/resource-group.ts';
import { whyNoPausing } from '../../src/sentinel/can-pause.ts';
import { sentinelFiles } from '../../src/sentinel/sentinel-files.ts';
import { openTestFleet } from './fleet.ts';
import type { TestFleet } from './fleet.ts';
import { waitFor } from './wait-for.ts';

/** Ticks come often, so that a database is soon seen to be quiet. */
const INTERVAL_MS = 250;

/** A fleet whose databases go to sleep a second after the last client did something. */
export interface PausedFleet extends TestFleet {
  readonly name: string;
  /** Over TCP, and over the Unix socket. */
  readonly url: string;
  readonly socketUrl: string;
  status(): string;
  /** Resolves when it sleeps. */
  asleep(): Promise<void>;
  /** Resolves when it has been woken since then, and the one who woke it is known. */
  awake(): Promise<WakeReport>;
  /** Events of pausing since the last call, oldest first. */
  news(): readonly HistoryEvent[];
}

/** Why nothing can be paused on this host; null where it can. */
export async function whyNotHere(): Promise<string | null> {
  const limits = await openLimits();
  return hasLimits(limits) ? whyNoPausing(limits) : limits.reason;
}

export async function openPausedFleet(
  request: Partial<CreateRequest> = {},
  options: Partial<FleetOptions> = {},
): Promise<PausedFleet> {
  const test = await openTestFleet({ intervalMs: INTERVAL_MS, ...options });
  const name = request.name ?? 'shop';
  try {
    if (!test.fleet.list().some((one) => one.name === name))
      await test.fleet.create({
        engineVersion: 18,
        minCapacity: 0,
        maxCapacity: 8,
        secondsUntilAutoPause: 1,
        ...request,
        name,
      });
    return {
      ...test,
      ...watchOver(test, name),
      name,
      [Symbol.asyncDispose]: () => test[Symbol.asyncDispose](),
    };
  } catch (error) {
    await test[Symbol.asyncDispose]();
    throw error;
  }
}

type Watched = Omit<PausedFleet, keyof TestFleet | 'name'>;

function watchOver(test: TestFleet, name: string): Watched {
  const { fleet } = test;
  let told = 0;
  let sleptAt = 0;
  return {
    url: fleet.url(name),
    socketUrl: socketUrl(fleet.url(name), test.stateDir, name),
    status: () => fleet.describe(name).status,
    asleep: async () => {
      await waitFor(() => fleet.describe(name).status === 'paused', { what: 'the pause', pollMs: 10 }).catch(
        (error: Error) => {
          throw new Error(`${error.message}: ${fleet.explain(name).sentences.join(' ')}`, { cause: error });
        },
      );
      sleptAt = test.messages.length;
    },
    awake: async () => {
      const from = sleptAt;
      const isResumed = (): boolean =>
        test.messages
          .slice(from)
          .some(
            (message) =>
              message.kind === 'event' && message.name === name && message.event.kind === 'resumed',
          );
      await waitFor(() => fleet.describe(name).status === 'available' && isResumed(), {
        what: 'the wake',
        pollMs: 10,
      });
      const { lastWake } = fleet.describe(name).pause;
      if (lastWake === null) throw new Error('it was never woken');
      return lastWake;
    },
    news: () => {
      const fresh = test.messages.slice(told);
      told = test.messages.length;
      return fresh.flatMap((message) =>
        message.kind === 'event' && message.name === name && PAUSING.has(message.event.kind)
          ? [message.event]
          : [],
      );
    },
  };
}

const PAUSING = new Set(['pause-initiated', 'pause-cancelled', 'paused', 'resuming', 'resumed']);

export function specOf(stateDir: string, name = 'shop'): ClusterSpec {
  return JSON.parse(readFileSync(join(stateDir, 'clusters', name, 'cluster.json'), 'utf8')) as ClusterSpec;
}

/** The same user over the Unix socket. */
export function socketUrl(url: string, stateDir: string, name = 'shop'): string {
  const { socketDir } = clusterFolder(join(stateDir, 'clusters', name));
  return `${url}?host=${encodeURIComponent(socketDir)}`;
}

export async function groupOf(stateDir: string, name = 'shop'): Promise<ResourceGroup> {
  const limits = await openLimits();
  if (!hasLimits(limits)) throw new Error(limits.reason);
  return limits.open(specOf(stateDir, name).id);
}

/** Pid of the sentinel of that state folder. */
export function sentinelPid(stateDir: string): number {
  const { pid } = JSON.parse(readFileSync(sentinelFiles(stateDir).mark, 'utf8')) as { pid: number };
  return pid;
}
