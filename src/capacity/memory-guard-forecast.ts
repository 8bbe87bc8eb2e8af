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
  /** What it could still fill: what it has mapped, or may map. */
  readonly potentialBytes: number;
  /** What it has mapped and not filled yet: no cap can take it back. */
  readonly overhangBytes: number;
  /** Growth that it is expected to go on with, 0 where it is but noise. */
  readonly pacePerMs: number;
  /** Growth of its private memory within the horizon. */
  readonly expectedBytes: number;
  /** The same of what it shares with others. */
  readonly expectedSharedBytes: number;
}

export interface Forecast {
  /** The fattest first. */
  readonly all: readonly Grower[];
  readonly capped: readonly Grower[];
  /** Of all together. */
  readonly growthPerMs: number;
}

/** How far everybody will have grown when the next look can do something about it, if it goes on as since the last. */
export function forecast(state: GuardState, observation: GuardObservation, now: number): Forecast {
  const sinceMs = state.atMs === null ? 0 : Math.max(now - state.atMs, 1);
  const growths = growthsOf(state, observation, sinceMs);
  const grown = growths.reduce((total, { grownPerMs }) => total + grownPerMs, 0);
  const expected = growths.reduce((total, { growthPerMs }) => total + growthPerMs, 0);
  // Each of them grows in bursts, so the sum of what they seem to do is more than what they do together.
  const growthPerMs = Math.max(grown, state.growthPerMs * FADING);
  const scale = expected > 0 ? growthPerMs / expected : 0;
  const all = growths.map((growth) => growerOf(growth, scale, observation));
  return { all, capped: all.filter(({ capBytes }) => capBytes !== null), growthPerMs };
}

interface Growth {
  readonly process: GuardedProcess;
  readonly last: Watched | undefined;
  /** Since the last look. */
  readonly grownPerMs: number;
  /** The same, with bursts of the looks before. */
  readonly growthPerMs: number;
  readonly sharedGrowthPerMs: number;
}

function growthsOf(state: GuardState, observation: GuardObservation, sinceMs: number): Growth[] {
  const groupGrowth = Math.max(observation.unevictableBytes - state.unevictableBytes, 0);
  // In an order of their own, so that sums don't depend on the one they were seen in.
  const sorted = observation.processes.toSorted((a, b) => b.privateBytes - a.privateBytes || a.pid - b.pid);
  // Those that are seen for the first time: nobody knows which of them have grown, so all are held to have.
  const newBytes = sorted
    .filter(({ pid }) => !state.watched.has(pid))
    .reduce((total, { privateBytes }) => total + privateBytes, 1);
  return sorted.map((process) => {
    const last = state.watched.get(process.pid);
    const { privateBytes, sharedBytes } = process;
    const before =
      last?.privateBytes ?? privateBytes - Math.min(privateBytes, groupGrowth * (privateBytes / newBytes));
    const sharedBefore = last?.sharedBytes ?? Math.max(sharedBytes - groupGrowth, 0);
    const grownPerMs = rate(privateBytes - before, sinceMs);
    return {
      process,
      last,
      grownPerMs,
      growthPerMs: Math.max(grownPerMs, (last?.growthPerMs ?? 0) * FADING),
      sharedGrowthPerMs: Math.max(
        rate(sharedBytes - sharedBefore, sinceMs),
        (last?.sharedGrowthPerMs ?? 0) * FADING,
      ),
    };
  });
}

function growerOf(growth: Growth, scale: number, observation: GuardObservation): Grower {
  const { process, last, growthPerMs, sharedGrowthPerMs } = growth;
  const { pid, privateBytes, mappedBytes, sharedBytes, leaderPid } = process;
  const { horizonMs, standingBytes } = observation;
  const capBytes = last?.capBytes ?? null;
  const pacePerMs = (withoutNoise(growthPerMs * horizonMs) / horizonMs) * scale;
  const potential = potentialBytes(process, capBytes ?? standingBytes);
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
    stoppedAtMs: last?.stoppedAtMs ?? null,
    cancelledAtMs: last?.cancelledAtMs ?? null,
    potentialBytes: potential,
    overhangBytes: Math.max(mappedBytes - privateBytes, 0),
    pacePerMs,
    expectedBytes: Math.min(pacePerMs * horizonMs, potential),
    expectedSharedBytes: withoutNoise(sharedGrowthPerMs * horizonMs),
  };
}

function rate(grownBytes: number, sinceMs: number): number {
  return sinceMs === 0 ? 0 : Math.max(grownBytes, 0) / sinceMs;
}

/** What it could still fill: what it has mapped, or may map. */
export function potentialBytes(process: GuardedProcess, capBytes: number): number {
  return Math.max(Math.max(capBytes, process.mappedBytes) - process.privateBytes, 0);
}

function withoutNoise(bytes: number): number {
  return bytes < GRAIN_BYTES ? 0 : bytes;
}

/** Within that time, at the pace it has. */
export function expectedWithin(one: Grower, ms: number): number {
  return Math.min(one.pacePerMs * ms, one.potentialBytes);
}

export function isFat(one: GuardedProcess): boolean {
  return one.privateBytes >= SMALL_BYTES;
}
