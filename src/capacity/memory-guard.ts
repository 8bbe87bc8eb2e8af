import { chooseRemedies } from './memory-guard-remedies.ts';
import { forecast, potentialBytes } from './memory-guard-forecast.ts';
import type { Forecast, Grower } from './memory-guard-forecast.ts';
import { Plan } from './memory-guard-plan.ts';
import type { Action } from './memory-guard-plan.ts';

/**
 * What keeps a database below its memory limit when its capacity cannot: a query that would outgrow the limit fails by
 * itself (`out of memory`), for its process may not map more private memory than its *cap*. Pure.
 *
 * room      what is left of the limit for private memory to grow into; a reserve of page cache is not part of it,
 *           because a server without any thrashes
 * cap       the most private memory that a process may map; what it has mapped it may still fill
 * overhang  mapped, but not filled yet: no cap can take it back
 */

const MIB = 1024 ** 2;

/** As long as less of the limit cannot be evicted, nobody has to look at processes. */
export const WATCH_SHARE = 0.7;
/** Below this share of the limit all caps are lifted. */
export const CALM_SHARE = 0.6;
const RESERVE_SHARE = 1 / 16;
const LEAST_RESERVE_BYTES = 48 * MIB;
/** For as long as it takes a failing statement to give back its memory this share of the reserve may be used. */
const RESERVE_LENT = 0.5;
/** Where the room lasts no longer than this, the next look has to come soon. */
const URGENT_MS = 400;
/** While capacity can still be raised the limit is about to move away, so most of the reserve may be used. */
const RESERVE_KEPT_FOR_RAISE = 0.25;
/** A server that may not map even this is of no use. */
const LEAST_STANDING_BYTES = 64 * MIB;
/** A process that may be capped: a client's, a parallel worker's, an autovacuum worker's. */
export interface GuardedProcess {
  readonly pid: number;
  /** Private memory that it fills. */
  readonly privateBytes: number;
  /** Private memory that it has mapped: what the kernel holds against a cap. */
  readonly mappedBytes: number;
  /** Everything else that it has mapped, beyond what the postmaster has: dynamic shared memory, above all. */
  readonly sharedBytes: number;
  /** Whom it works for, if it is a parallel worker. */
  readonly leaderPid: number | null;
}

export interface GuardObservation {
  readonly limitBytes: number;
  /** What cannot be given back: private memory, shared memory, the kernel's. */
  readonly unevictableBytes: number;
  /** What a process may map that has no cap of its own. */
  readonly standingBytes: number;
  /** Growth within this time cannot be stopped by a later look. */
  readonly horizonMs: number;
  /** Whether the limit will be raised when it has to be: then only what would come before that is capped. */
  readonly canStillRaise: boolean;
  readonly processes: readonly GuardedProcess[];
}

/** What is remembered of a process. */
export interface Watched {
  readonly privateBytes: number;
  readonly sharedBytes: number;
  readonly growthPerMs: number;
  readonly sharedGrowthPerMs: number;
  readonly capBytes: number | null;
  /** Since when it may not map more than it has; null where it may. */
  readonly stoppedAtMs: number | null;
  readonly cancelledAtMs: number | null;
}

/** Plain data: the same state and observation decide the same. */
export interface GuardState {
  readonly atMs: number | null;
  readonly unevictableBytes: number;
  /** Of all processes together, with bursts of the looks before. */
  readonly growthPerMs: number;
  readonly watched: ReadonlyMap<number, Watched>;
}

export const UNGUARDED: GuardState = {
  atMs: null,
  unevictableBytes: 0,
  growthPerMs: 0,
  watched: new Map(),
};

/** Why a process got the cap it has. */
export type CapReason =
  /** It may grow as far as the room reaches, and no further. */
  | 'room'
  /** Together they grow faster than the room allows, and it is the fattest. */
  | 'growth'
  /** Nothing is left. */
  | 'no-room';

export interface Cap {
  readonly pid: number;
  readonly capBytes: number;
  readonly reason: CapReason;
}

export interface GuardOutcome {
  readonly state: GuardState;
  /** Most urgent first. A process is in one of the three lists at most. */
  readonly caps: readonly Cap[];
  /** Back to the standing cap. */
  readonly lifts: readonly number[];
  /** They fill memory that no cap can stop: their statements have to be cancelled, and these are their caps. */
  readonly cancels: readonly { readonly pid: number; readonly capBytes: number }[];
  /** Negative where the reserve is being used up. */
  readonly roomBytes: number;
  /** What the processes are expected to grow by within the horizon, with these caps. */
  readonly expectedBytes: number;
  /** The room will be gone so soon that the next look should not wait for its usual time. */
  readonly isUrgent: boolean;
  /** So much is free that nobody has a cap of its own any more. */
  readonly isCalm: boolean;
}

/** The page cache that a server cannot do without. */
export function reserveBytes(limitBytes: number): number {
  return Math.max(limitBytes * RESERVE_SHARE, LEAST_RESERVE_BYTES);
}

/** What no single process may ever exceed, beside shared memory and the kernel's: it holds from their start. */
export function standingCapBytes(limitBytes: number, takenBytes: number): number {
  return Math.max(limitBytes - takenBytes - reserveBytes(limitBytes), LEAST_STANDING_BYTES);
}

/** One look. */
export function guardMemory(state: GuardState, observation: GuardObservation, now: number): GuardOutcome {
  const { limitBytes, unevictableBytes, canStillRaise } = observation;
  const reserve = reserveBytes(limitBytes) * (canStillRaise ? RESERVE_KEPT_FOR_RAISE : 1);
  const roomBytes = limitBytes - reserve - unevictableBytes;
  const seen = forecast(state, observation, now);
  if (unevictableBytes < CALM_SHARE * limitBytes) {
    const actions = new Map(seen.capped.map(({ pid }): [number, Action] => [pid, { kind: 'lift' }]));
    return outcome(observation, now, seen, { roomBytes, actions, isCalm: true });
  }
  const withReserveBytes = roomBytes + reserve * RESERVE_LENT;
  const plan = new Plan(seen, observation, roomBytes);
  if (unevictableBytes >= WATCH_SHARE * limitBytes) {
    if (!canStillRaise) plan.stopEarly();
    plan.stopAtLast(withReserveBytes);
    if (!canStillRaise) plan.holdToRoom();
  }
  plan.relax(reserveBytes(limitBytes));
  if (!canStillRaise) plan.remedy(chooseRemedies(seen, withReserveBytes, now));
  return outcome(observation, now, seen, { roomBytes, actions: plan.actions, isCalm: false });
}

interface Decided {
  readonly roomBytes: number;
  readonly actions: ReadonlyMap<number, Action>;
  readonly isCalm: boolean;
}

const URGENCY: readonly CapReason[] = ['no-room', 'growth', 'room'];

function outcome(observation: GuardObservation, now: number, seen: Forecast, decided: Decided): GuardOutcome {
  const { actions, roomBytes, isCalm } = decided;
  const caps: Cap[] = [];
  const cancels: { pid: number; capBytes: number }[] = [];
  const lifts: number[] = [];
  const watched = new Map<number, Watched>();
  let expectedBytes = 0;
  for (const one of seen.all) {
    const action = actions.get(one.pid);
    let { capBytes } = one;
    if (action?.kind === 'lift') {
      lifts.push(one.pid);
      capBytes = null;
    } else if (action?.kind === 'cap') {
      caps.push({ pid: action.pid, capBytes: action.capBytes, reason: action.reason });
      capBytes = action.capBytes;
    } else if (action?.kind === 'cancel') {
      cancels.push({ pid: one.pid, capBytes: action.capBytes });
      capBytes = action.capBytes;
    }
    expectedBytes += Math.min(one.expectedBytes, potentialBytes(one, capBytes ?? observation.standingBytes));
    watched.set(one.pid, {
      privateBytes: one.privateBytes,
      sharedBytes: one.sharedBytes,
      growthPerMs: one.growthPerMs,
      sharedGrowthPerMs: one.sharedGrowthPerMs,
      capBytes,
      stoppedAtMs: stoppedAt(one, action, now),
      cancelledAtMs: action?.kind === 'cancel' ? now : one.cancelledAtMs,
    });
  }
  caps.sort((a, b) => URGENCY.indexOf(a.reason) - URGENCY.indexOf(b.reason));
  const { unevictableBytes } = observation;
  const state = { atMs: now, unevictableBytes, growthPerMs: seen.growthPerMs, watched };
  const isUrgent = !isCalm && roomBytes < seen.growthPerMs * URGENT_MS;
  return { state, caps, lifts, cancels, roomBytes, expectedBytes, isUrgent, isCalm };
}

function stoppedAt(one: Grower, action: Action | undefined, now: number): number | null {
  if (action === undefined) return one.stoppedAtMs;
  const isStopped = action.kind === 'cancel' || (action.kind === 'cap' && action.reason !== 'room');
  return isStopped ? (one.stoppedAtMs ?? now) : null;
}
