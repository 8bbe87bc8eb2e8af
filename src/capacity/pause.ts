import { awakeMinimum, clamp, roundUpToGrid } from './acu.ts';
import { INITIAL_CPU } from './cpu-demand.ts';
import type {
  CapacityConfig,
  CapacityState,
  Decision,
  DemandParts,
  Observation,
  PauseMemory,
  PauseOutlook,
  WakeKind,
} from './model.ts';

/** So long after a pause that did not come about, another one may be tried. */
export const RETRY_MS = 5_000;
/** What came to nothing (a wake, or something that held it awake) keeps it awake for so long at most. */
export const RETURN_MS = 10_000;
/** Whoever wakes it again and again for nothing (a health check) keeps it awake for so long only. */
export const IDLE_RETURN_MS = 2_000;
/** So many in a row make such a habit. */
export const IDLE_WAKES = 2;
/** What is worth having after a wake where nothing is known of earlier ones; for how long. */
export const BOOST_ACU = 2;
export const BOOST_MS = 3_000;
/** What is asked for so soon after a wake is likely to be asked for after the next one. */
export const LEARN_MS = 5_000;

export function initialPause(capacityAcu: number, now: number): PauseMemory {
  return {
    quietSinceMs: now,
    notBeforeMs: now,
    boost: null,
    idleWakes: 0,
    wakeDemandAcu: null,
    learnUntilMs: now,
    floorAcu: capacityAcu,
  };
}

export function isPausable({ minAcu, autoPauseMs }: CapacityConfig): boolean {
  return minAcu === 0 && autoPauseMs !== null;
}

/** What a full look says of pausing, and what is to be remembered of it. */
export function judgePause(
  { config, pause }: CapacityState,
  { activity, durationMs }: Observation,
  now: number,
): { readonly pause: PauseMemory; readonly outlook: PauseOutlook | null } {
  const { minAcu, autoPauseMs } = config;
  if (minAcu > 0 || autoPauseMs === null) return { pause, outlook: null };
  if (activity === null) {
    // What nobody saw was not quiet, and not busy either.
    const quietSinceMs = Math.min(now, pause.quietSinceMs + durationMs);
    return { pause: { ...pause, quietSinceMs }, outlook: { kind: 'unknown' } };
  }
  if (activity.isActive) {
    return {
      pause: { ...pause, quietSinceMs: now, idleWakes: 0 },
      outlook: { kind: 'active', by: activity.by },
    };
  }
  const { blockers } = activity;
  if (blockers.length > 0) {
    const notBeforeMs = Math.max(pause.notBeforeMs, now + returnMs(autoPauseMs));
    return { pause: { ...pause, notBeforeMs }, outlook: { kind: 'blocked', blockers } };
  }
  const untilMs = Math.max(pause.quietSinceMs + autoPauseMs, pause.notBeforeMs);
  if (now < untilMs) return { pause, outlook: { kind: 'waiting', untilMs } };
  // The next look does not ask again while the pause is under way.
  return { pause: { ...pause, notBeforeMs: now + RETRY_MS }, outlook: { kind: 'due' } };
}

/** What is held for the time after a wake; 0 when that is over. */
export function boostHeldAcu({ boost }: PauseMemory, now: number): number {
  return boost !== null && now < boost.untilMs ? boost.acu : 0;
}

/** Takes in what a look shows of the time after a wake, and ends that time. */
export function learnFromLook(
  pause: PauseMemory,
  { cpu, network, connections }: DemandParts,
  { maxAcu }: CapacityConfig,
  now: number,
): PauseMemory {
  const boost = boostHeldAcu(pause, now) > 0 ? pause.boost : null;
  if (now >= pause.learnUntilMs) return boost === pause.boost ? pause : { ...pause, boost };
  // Not memory: a page cache fills whatever there is, so one boost would make the next one.
  const demandAcu = Math.max(cpu ?? 0, network ?? 0, connections ?? 0);
  return { ...pause, boost, wakeDemandAcu: Math.max(pause.wakeDemandAcu ?? 0, Math.min(demandAcu, maxAcu)) };
}

/** To be in force while it is still frozen, so that it wakes with it. */
export function boostAcu({ config, pause }: CapacityState): number {
  const likelyAcu =
    pause.idleWakes >= IDLE_WAKES
      ? pause.floorAcu
      : Math.max(BOOST_ACU, pause.wakeDemandAcu ?? 0, pause.floorAcu);
  return clamp(roundUpToGrid(likelyAcu), awakeMinimum(config.minAcu), config.maxAcu);
}

/** The state of a database that was paused until now; its capacity is to be brought in force. */
export function resume(state: CapacityState, kind: WakeKind, now: number): CapacityState {
  const { config, pause, memory } = state;
  // Where the last wakes came to nothing this one is likely to, and the fast loop is there if it does not.
  const isIdle = pause.idleWakes >= IDLE_WAKES;
  const isBoosted = kind === 'client' && !isIdle;
  const acu = isBoosted ? boostAcu(state) : clamp(pause.floorAcu, awakeMinimum(config.minAcu), config.maxAcu);
  return {
    ...state,
    capacityAcu: acu,
    // From before the pause: of a load that is over, and of a cache that was given back.
    cpu: { ...INITIAL_CPU, settleUntilMs: now },
    memory: { ...memory, keptCacheBytes: null, readAgain: null, trial: null },
    pause: {
      ...pause,
      // How long it was quiet before counts on: a wake that comes to nothing does not make it wait in full again.
      notBeforeMs:
        now + Math.min(returnMs(config.autoPauseMs ?? RETURN_MS), isIdle ? IDLE_RETURN_MS : Infinity),
      // Until activity shows.
      idleWakes: kind === 'client' ? pause.idleWakes + 1 : pause.idleWakes,
      boost: isBoosted ? { acu, untilMs: now + BOOST_MS } : null,
      // Unless it is asked for again, half of it is expected next time.
      wakeDemandAcu: isBoosted ? halfOf(pause.wakeDemandAcu) : pause.wakeDemandAcu,
      learnUntilMs: isBoosted ? now + LEARN_MS : now,
    },
  };
}

/** The decision that a wake is: from nothing to what it wakes with. */
export function wakeDecision({ capacityAcu, pause }: CapacityState): Decision {
  const untilMs = pause.boost?.untilMs ?? null;
  return {
    kind: 'full',
    fromAcu: 0,
    toAcu: capacityAcu,
    parts: { cpu: null, memory: null, network: null, connections: null },
    binding: null,
    demandAcu: null,
    hold: { kind: untilMs === null ? 'minimum' : 'resume-boost', resource: null, untilMs },
    cap: null,
    hostSaturated: false,
    cpu: null,
    pause: { kind: 'unknown' },
  };
}

/** The pause that was asked for did not come about: somebody used it, or it was not possible just then. */
export function pauseCancelled(state: CapacityState, now: number, wasActivity: boolean): CapacityState {
  const { pause } = state;
  return {
    ...state,
    pause: wasActivity
      ? { ...pause, quietSinceMs: now, idleWakes: 0 }
      : { ...pause, notBeforeMs: now + RETRY_MS },
  };
}

function returnMs(autoPauseMs: number): number {
  return Math.min(autoPauseMs, RETURN_MS);
}

function halfOf(acu: number | null): number | null {
  return acu === null ? null : acu / 2;
}
