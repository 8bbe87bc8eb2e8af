import { awakeMinimum, clamp, roundUpToGrid } from './acu.ts';
import {
  addLook,
  connectionsToAcu,
  cpusToAcu,
  explainCpu,
  INITIAL_CPU,
  isHostSaturated,
  meanCpus,
  networkToAcu,
  SETTLE_MS,
} from './cpu-demand.ts';
import { ceilingOf, INITIAL_BUCKET_ACU, refill } from './ceiling.ts';
import { holdOf } from './hold.ts';
import { INITIAL_MEMORY, memoryDemandAcu, rememberMemory, unevictableToAcu } from './memory-demand.ts';
import type {
  CapacityConfig,
  CapacityPolicy,
  CapacityState,
  CpuMemory,
  Decision,
  DemandParts,
  Observation,
  Outcome,
  PauseOutlook,
  Resource,
} from './model.ts';
import { boostHeldAcu, initialPause, isPausable, judgePause, learnFromLook } from './pause.ts';
import { addPeak, highestPeak } from './peaks.ts';

const LONGEST_SETTLE_MS = 8_000;
/** A raise so soon after a lowering says that the lowering was wrong. */
const REGRET_MS = 10_000;
const FORGET_REGRET_MS = 60_000;

export function startCapacity(config: CapacityConfig, capacityAcu: number, now: number): CapacityState {
  const acu = clamp(roundUpToGrid(capacityAcu), awakeMinimum(config.minAcu), config.maxAcu);
  return {
    config,
    capacityAcu: acu,
    memory: INITIAL_MEMORY,
    cpu: { ...INITIAL_CPU, settleUntilMs: now },
    bucket: { tokensAcu: INITIAL_BUCKET_ACU, atMs: now },
    pause: initialPause(acu, now),
  };
}

/**
 * Minimum, maximum and the wait for a pause change live; the next decision brings capacity between them. While it could
 * not be paused nobody looked whether it was used.
 */
export function reconfigure(state: CapacityState, config: CapacityConfig, now: number): CapacityState {
  const { pause } = state;
  const isNewlyPausable = isPausable(config) && !isPausable(state.config);
  return { ...state, config, pause: isNewlyPausable ? { ...pause, quietSinceMs: now } : pause };
}

/**
 * The decision: what capacity follows from what was seen. Pure; `now` is monotonic. SPEC.md lists what always holds.
 * A fast look may only raise. A full look may lower, once everything it needs was seen, or ask for a pause.
 */
export function decide(state: CapacityState, seen: Observation, now: number): Outcome {
  return seen.kind === 'fast' ? decideFast(state, seen, now) : decideFull(state, seen, now);
}

export const airglowPolicy: CapacityPolicy = { name: 'airglow', start: startCapacity, decide };

function decideFast(state: CapacityState, seen: Observation, now: number): Outcome {
  const { config } = state;
  const explained = seen.cpu === null ? null : explainCpu(seen.cpu, config.hostCpus);
  const looks =
    explained === null
      ? state.cpu.looks
      : addLook(state.cpu.looks, {
          atMs: now,
          durationMs: seen.durationMs,
          cpus: explained.used + explained.waitingForLimit,
        });
  // Only a look that met the limit says that there was not enough; use alone is for means over a second.
  const isThrottled = explained !== null && explained.waitingForLimit > 0;
  const parts: DemandParts = {
    cpu: isThrottled ? cpusToAcu(meanCpus(looks), config) : null,
    memory: seen.memory === null ? null : unevictableToAcu(seen.memory.unevictableBytes, config.shape),
    network: null,
    connections: null,
  };
  const pause = learnFromLook(state.pause, parts, config, now);
  const next = { ...state, cpu: { ...state.cpu, looks }, pause };
  return conclude(next, seen, parts, state.capacityAcu, now);
}

function decideFull(state: CapacityState, seen: Observation, now: number): Outcome {
  const { config } = state;
  const { shape } = config;
  const explained = seen.cpu === null ? null : explainCpu(seen.cpu, config.hostCpus);
  const network =
    seen.networkBytesPerSecond === null ? null : networkToAcu(seen.networkBytesPerSecond, shape);
  const connections = seen.connections === null ? null : connectionsToAcu(seen.connections, shape);
  const cpu = explained === null ? null : cpusToAcu(explained.used + explained.waitingForLimit, config);
  const served = explained === null ? null : cpusToAcu(explained.used, config);
  const peaks = rememberPeaks(state.cpu, { cpu: served, network }, now);
  const othersAcu = Math.max(cpu ?? 0, network ?? 0, connections ?? 0, highestPeak(peaks, now)?.acu ?? 0);
  const memory =
    seen.memory === null
      ? state.memory
      : rememberMemory(
          state.memory,
          seen.memory,
          seen.waits,
          roundUpToGrid(othersAcu) < state.capacityAcu,
          now,
        );
  const parts: DemandParts = {
    cpu,
    memory: seen.memory === null ? null : memoryDemandAcu(seen.memory, memory.keptCacheBytes ?? 0, shape),
    network,
    connections,
  };
  const { pause, outlook } = judgePause(state, seen, now);
  const learned = learnFromLook({ ...pause, floorAcu: evictionFloor(state, seen) }, parts, config, now);
  const next = { ...state, memory, cpu: { ...state.cpu, peaks }, pause: learned };
  const outcome = conclude(next, seen, parts, lowestAllowed(next, seen, parts, now), now);
  return outlook?.kind === 'due' ? toPause(next, outcome) : withOutlook(outcome, outlook);
}

function withOutlook({ state, actions, decision }: Outcome, pause: PauseOutlook | null): Outcome {
  return { state, actions, decision: { ...decision, pause } };
}

/** Nothing else is asked for with it, and capacity stays what it is: the pause may be cancelled. */
function toPause(state: CapacityState, { decision }: Outcome): Outcome {
  const hold = { kind: 'minimum', resource: null, untilMs: null } as const;
  return {
    state,
    actions: [{ kind: 'pause' }],
    decision: { ...decision, toAcu: 0, hold, cap: null, pause: { kind: 'due' } },
  };
}

/** Only what was really used is held: a queue that has been worked off asks for nothing any more. */
function rememberPeaks(
  { peaks }: CpuMemory,
  used: Readonly<Partial<Record<Resource, number | null>>>,
  now: number,
): CpuMemory['peaks'] {
  let remembered = peaks;
  for (const resource of ['cpu', 'network'] as const) {
    const acu = used[resource] ?? null;
    if (acu !== null) remembered = addPeak(remembered, { acu, atMs: now, resource });
  }
  return remembered;
}

/** How low a full look may go. */
function lowestAllowed(state: CapacityState, seen: Observation, parts: DemandParts, now: number): number {
  const isBlind = seen.cpu === null || seen.memory === null;
  if (isBlind || now < state.cpu.settleUntilMs) return state.capacityAcu;
  const recent = highestPeak(state.cpu.peaks, now)?.acu ?? 0;
  const boosted = boostHeldAcu(state.pause, now);
  return roundUpToGrid(Math.max(recent, boosted, highestOf(parts)?.acu ?? 0));
}

/** Brings demand, permission to lower and the bounds together. */
function conclude(
  state: CapacityState,
  seen: Observation,
  parts: DemandParts,
  lowestAcu: number,
  now: number,
): Outcome {
  const { config, capacityAcu: fromAcu } = state;
  const highest = highestOf(parts);
  const minAcu = awakeMinimum(config.minAcu);
  const bucket = refill(state.bucket, now);
  const wantedAcu = highest === null ? minAcu : roundUpToGrid(highest.acu);
  const ceiling = ceilingOf(state, seen, bucket.tokensAcu, wantedAcu);
  const target = Math.max(wantedAcu, Math.min(lowestAcu, fromAcu));
  const floorAcu = evictionFloor(state, seen);
  // A bound that moved below the capacity lowers it at once, but never into what cannot be evicted.
  const bounded = Math.max(Math.min(target, ceiling.acu), Math.min(floorAcu, fromAcu, config.maxAcu), minAcu);
  const toAcu = seen.kind === 'fast' ? Math.max(bounded, fromAcu) : bounded;
  const next = settle({ ...state, bucket }, seen, toAcu, now);
  const decision: Decision = {
    kind: seen.kind,
    fromAcu,
    toAcu,
    parts,
    binding: highest?.resource ?? null,
    demandAcu: highest?.acu ?? null,
    hold: holdOf(next, seen, parts, toAcu, now),
    cap: wantedAcu > toAcu ? ceiling.kind : null,
    hostSaturated: isSaturated(seen, config),
    cpu: seen.cpu === null ? null : explainCpu(seen.cpu, config.hostCpus),
    pause: null,
  };
  const actions = toAcu === fromAcu ? [] : [{ kind: 'set-capacity', acu: toAcu } as const];
  return { state: next, actions, decision };
}

/** Without knowing what cannot be evicted, that is all of it. */
function evictionFloor({ capacityAcu, config }: CapacityState, { memory }: Observation): number {
  return memory === null
    ? capacityAcu
    : roundUpToGrid(unevictableToAcu(memory.unevictableBytes, config.shape));
}

function isSaturated({ cpu }: Observation, { hostCpus }: CapacityConfig): boolean {
  return cpu !== null && isHostSaturated(explainCpu(cpu, hostCpus));
}

function highestOf(parts: DemandParts): { readonly resource: Resource; readonly acu: number } | null {
  let highest: { resource: Resource; acu: number } | null = null;
  for (const resource of ['cpu', 'memory', 'network', 'connections'] as const) {
    const acu = parts[resource];
    if (acu !== null && (highest === null || acu > highest.acu)) highest = { resource, acu };
  }
  return highest;
}

/** What a change of capacity means for the decisions after it. */
function settle(state: CapacityState, seen: Observation, toAcu: number, now: number): CapacityState {
  const { capacityAcu, cpu, bucket } = state;
  if (toAcu < capacityAcu) return { ...state, capacityAcu: toAcu, cpu: { ...cpu, loweredAtMs: now } };
  const isForgotten = cpu.regretAtMs !== null && now - cpu.regretAtMs >= FORGET_REGRET_MS;
  const calm = isForgotten ? { ...cpu, settleMs: SETTLE_MS, regretAtMs: null } : cpu;
  if (toAcu === capacityAcu) return { ...state, cpu: calm };
  const isRegret = calm.loweredAtMs !== null && now - calm.loweredAtMs < REGRET_MS;
  const settleMs = isRegret ? Math.min(calm.settleMs * 2, LONGEST_SETTLE_MS) : calm.settleMs;
  const spent = seen.grant.contended ? toAcu - capacityAcu : 0;
  return {
    ...state,
    capacityAcu: toAcu,
    cpu: { ...calm, settleMs, settleUntilMs: now + settleMs, regretAtMs: isRegret ? now : calm.regretAtMs },
    bucket: { ...bucket, tokensAcu: bucket.tokensAcu - spent },
  };
}
