import type { GuardedProcess, GuardObservation, GuardState, Watched } from './memory-guard.ts';

const MIB = 1024 ** 2;
/** What a session needs to exist at all: smaller processes are stopped after all others. */
const SMALL_BYTES = 16 * MIB;
/** Less is noise: catalogue caches, a plan. */
const GRAIN_BYTES = MIB;
/** Growth comes in bursts, so its rate is forgotten by half a look. */
const FADING = 0.5;

/** A process with what it is expected to do. */
export interface Grower extends GuardedProcess, Watched {
  /** Growth of its private memory within the horizon, 0 where it is but noise. */
  readonly expectedBytes: number;
  /** The same of what it shares with others. */
  readonly expectedSharedBytes: number;
}

export interface Forecast {
  /** The fattest first. */
  readonly all: readonly Grower[];
  readonly capped: readonly Grower[];
}

/** How far everybody will have grown when the next look can do something about it, if it goes on as since the last. */
export function forecast(state: GuardState, observation: GuardObservation, now: number): Forecast {
  const sinceMs = state.atMs === null ? 0 : Math.max(now - state.atMs, 1);
  const groupGrowth = Math.max(observation.unevictableBytes - state.unevictableBytes, 0);
  const all = observation.processes.map((process): Grower => {
    const last = state.watched.get(process.pid);
    // One that is seen for the first time may have grown by all that it has, but not by more than the group has.
    const grown = (bytes: number, lastBytes: number | undefined): number =>
      lastBytes === undefined ? Math.min(bytes, groupGrowth) : bytes - lastBytes;
    const growthPerMs = rate(grown(process.privateBytes, last?.privateBytes), sinceMs, last?.growthPerMs);
    const sharedGrown = grown(process.sharedBytes, last?.sharedBytes);
    const sharedGrowthPerMs = rate(sharedGrown, sinceMs, last?.sharedGrowthPerMs);
    const grower = {
      ...process,
      growthPerMs,
      sharedGrowthPerMs,
      capBytes: last?.capBytes ?? null,
      cancelledAtMs: last?.cancelledAtMs ?? null,
    };
    const expected = Math.min(growthPerMs * observation.horizonMs, potentialBytes(grower));
    const expectedShared = sharedGrowthPerMs * observation.horizonMs;
    return {
      ...grower,
      expectedBytes: expected < GRAIN_BYTES ? 0 : expected,
      expectedSharedBytes: expectedShared < GRAIN_BYTES ? 0 : expectedShared,
    };
  });
  all.sort((a, b) => b.privateBytes - a.privateBytes || a.pid - b.pid);
  return { all, capped: all.filter(({ capBytes }) => capBytes !== null) };
}

function rate(grown: number, sinceMs: number, last = 0): number {
  const now = sinceMs === 0 ? 0 : Math.max(grown, 0) / sinceMs;
  return Math.max(now, last * FADING);
}

/** What it could still fill without mapping more than its cap. */
export function potentialBytes(one: Pick<Grower, 'capBytes' | 'mappedBytes' | 'privateBytes'>): number {
  if (one.capBytes === null) return Number.POSITIVE_INFINITY;
  return Math.max(Math.max(one.capBytes, one.mappedBytes) - one.privateBytes, 0);
}

export function isFat(one: GuardedProcess): boolean {
  return one.privateBytes >= SMALL_BYTES;
}
