import type { GuardedProcess, GuardObservation, GuardState, Watched } from './memory-guard.ts';

const MIB = 1024 ** 2;
/** What a session needs to exist at all: smaller processes are stopped after all others. */
const SMALL_BYTES = 16 * MIB;
/** Less is noise: catalogue caches, a plan. */
const GRAIN_BYTES = MIB;
/** Growth comes in bursts, so its rate is forgotten by half a look. */
const FADING = 0.5;

/** What a stopped process has is soon given back: its statement fails. If not by then, it does not want more. */
const FAILING_MS = 1_000;

/** A process with what it is expected to do. */
export interface Grower extends GuardedProcess, Watched {
  /** What it will give back soon, for it was stopped in full growth. */
  readonly failingBytes: number;
  readonly potentialBytes: number;
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
  // Those that are seen for the first time: nobody knows which of them have grown, so all are held to have.
  const newBytes = observation.processes
    .filter(({ pid }) => !state.watched.has(pid))
    .reduce((total, { privateBytes }) => total + privateBytes, 1);
  const all = observation.processes.map((process): Grower => {
    const last = state.watched.get(process.pid);
    const { pid, privateBytes, mappedBytes, sharedBytes, leaderPid } = process;
    const grown =
      last === undefined
        ? Math.min(privateBytes, groupGrowth * (privateBytes / newBytes))
        : privateBytes - last.privateBytes;
    const sharedGrown = sharedBytes - (last?.sharedBytes ?? Math.max(sharedBytes - groupGrowth, 0));
    const growthPerMs = rate(grown, sinceMs, last?.growthPerMs);
    const sharedGrowthPerMs = rate(sharedGrown, sinceMs, last?.sharedGrowthPerMs);
    const capBytes = last?.capBytes ?? null;
    const stoppedAtMs = last?.stoppedAtMs ?? null;
    const isFailing = stoppedAtMs !== null && now - stoppedAtMs < FAILING_MS;
    const potential = potentialBytes(process, capBytes ?? observation.standingBytes);
    // Not spread: with hundreds of processes that costs ten times as much as all the rest.
    return {
      pid,
      privateBytes,
      mappedBytes,
      sharedBytes,
      leaderPid,
      growthPerMs,
      sharedGrowthPerMs,
      capBytes,
      stoppedAtMs,
      cancelledAtMs: last?.cancelledAtMs ?? null,
      failingBytes: isFailing ? privateBytes : 0,
      potentialBytes: potential,
      expectedBytes: Math.min(withoutNoise(growthPerMs * observation.horizonMs), potential),
      expectedSharedBytes: withoutNoise(sharedGrowthPerMs * observation.horizonMs),
    };
  });
  all.sort((a, b) => b.privateBytes - a.privateBytes || a.pid - b.pid);
  return { all, capped: all.filter(({ capBytes }) => capBytes !== null) };
}

function rate(grown: number, sinceMs: number, last = 0): number {
  const now = sinceMs === 0 ? 0 : Math.max(grown, 0) / sinceMs;
  return Math.max(now, last * FADING);
}

/** What it could still fill: what it has mapped, or may map. */
export function potentialBytes(process: GuardedProcess, capBytes: number): number {
  return Math.max(Math.max(capBytes, process.mappedBytes) - process.privateBytes, 0);
}

function withoutNoise(bytes: number): number {
  return bytes < GRAIN_BYTES ? 0 : bytes;
}

export function isFat(one: GuardedProcess): boolean {
  return one.privateBytes >= SMALL_BYTES;
}
