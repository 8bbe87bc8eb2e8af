import { awakeMinimum, clamp, roundUpToGrid, takes } from './acu.ts';
import {
  addLook,
  connectionsToAcu,
  cpusToAcu,
  explainCpu,
  INITIAL_CPU,
  isHostSaturated,
  meanCpus,
  networkToAcu,
  wantedCpus,
} from './cpu-demand.ts';
import { ceilingOf, INITIAL_BUCKET_ACU, tokensAt } from './ceiling.ts';
import { holdOf } from './hold.ts';
import { INITIAL_MEMORY, memoryDemandAcu, rememberMemory, unevictableToAcu } from './memory-demand.ts';
import type {
  CapacityAction,
  CapacityConfig,
  CapacityPolicy,
  CapacityState,
  CpuExplanation,
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
import { RULES } from './rules.ts';
import type { CapacityRules } from './rules.ts';

export function startCapacity(config: CapacityConfig, capacityAcu: number, now: number): CapacityState {
  const acu = clamp(roundUpToGrid(capacityAcu), awakeMinimum(config.minAcu), config.maxAcu);
  return {
    config,
    capacityAcu: acu,
    memory: INITIAL_MEMORY,
    cpu: cpuMemory(INITIAL_CPU.peaks, INITIAL_CPU.looks, now),
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
  return decideBy(RULES, state, seen, now);
}

/** The same by other rules than those of production: for those who look for better ones. */
export function decideBy(
  rules: CapacityRules,
  state: CapacityState,
  seen: Observation,
  now: number,
): Outcome {
  return seen.kind === 'fast' ? decideFast(rules, state, seen, now) : decideFull(rules, state, seen, now);
}

export const airglowPolicy: CapacityPolicy = { name: 'airglow', start: startCapacity, decide };

/**
 * The loops call this many times a second for each database, and the planner millions of times in a row: so each part of
 * the state is built at most once, and kept as it is where nothing in it changed.
 */
function decideFast(rules: CapacityRules, state: CapacityState, seen: Observation, now: number): Outcome {
  const { config } = state;
  const explained = seen.cpu === null ? null : explainCpu(seen.cpu, config.hostCpus);
  const looks =
    explained === null
      ? state.cpu.looks
      : addLook(
          state.cpu.looks,
          { atMs: now, durationMs: seen.durationMs, cpus: wantedCpus(explained, rules) },
          rules,
        );
  // Only a look that met the limit says that there was not enough; use alone is for means over a second.
  const isThrottled = explained !== null && explained.waitingForLimit > 0;
  const parts: DemandParts = {
    cpu: isThrottled ? cpusToAcu(meanCpus(looks, rules), config, rules) : null,
    memory: seen.memory === null ? null : unevictableToAcu(seen.memory.unevictableBytes, config.shape),
    network: null,
    connections: null,
  };
  const remembered = {
    memory: state.memory,
    cpu: cpuMemory(state.cpu.peaks, looks, state.cpu.settleUntilMs),
    pause: learnFromLook(state.pause, parts, config, now),
  };
  const floorAcu = evictionFloor(state, seen);
  return conclude({ rules, state, seen, now, explained, parts, floorAcu, remembered, outlook: null });
}

function decideFull(rules: CapacityRules, state: CapacityState, seen: Observation, now: number): Outcome {
  const { config } = state;
  const { shape } = config;
  const explained = seen.cpu === null ? null : explainCpu(seen.cpu, config.hostCpus);
  const network =
    seen.networkBytesPerSecond === null ? null : networkToAcu(seen.networkBytesPerSecond, shape, rules);
  const connections = seen.connections === null ? null : connectionsToAcu(seen.connections, shape);
  const cpu = explained === null ? null : cpusToAcu(wantedCpus(explained, rules), config, rules);
  const served = explained === null ? null : cpusToAcu(explained.used, config, rules);
  const peaks = rememberPeak(
    rememberPeak(state.cpu.peaks, 'cpu', served, now, rules),
    'network',
    network,
    now,
    rules,
  );
  const othersAcu = Math.max(
    cpu ?? 0,
    network ?? 0,
    connections ?? 0,
    highestPeak(peaks, now, rules.holdMs)?.acu ?? 0,
  );
  const mayShrink = !takes(othersAcu, state.capacityAcu);
  const memory =
    seen.memory === null
      ? state.memory
      : rememberMemory(
          state.memory,
          {
            memory: seen.memory,
            waits: seen.waits,
            usedCpus: seen.cpu?.used ?? null,
            networkBytesPerSecond: seen.networkBytesPerSecond,
          },
          mayShrink,
          now,
        );
  const parts: DemandParts = {
    cpu,
    memory: seen.memory === null ? null : memoryDemandAcu(seen.memory, memory.keptCacheBytes ?? 0, shape),
    network,
    connections,
  };
  const { pause, outlook } = judgePause(state, seen, now);
  const floorAcu = evictionFloor(state, seen);
  const floored = floorAcu === pause.floorAcu ? pause : { ...pause, floorAcu };
  const remembered = {
    memory,
    cpu: cpuMemory(peaks, state.cpu.looks, state.cpu.settleUntilMs),
    pause: learnFromLook(floored, parts, config, now),
  };
  return conclude({ rules, state, seen, now, explained, parts, floorAcu, remembered, outlook });
}

/** Only what was really used is held: a queue that has been worked off asks for nothing any more. */
function rememberPeak(
  peaks: CpuMemory['peaks'],
  resource: Resource,
  acu: number | null,
  now: number,
  { holdMs }: CapacityRules,
): CpuMemory['peaks'] {
  return acu === null || acu === 0 ? peaks : addPeak(peaks, { acu, atMs: now, resource }, holdMs);
}

/** Made in one place, so that all of them have one shape, which is what makes them quick to read. */
function cpuMemory(peaks: CpuMemory['peaks'], looks: CpuMemory['looks'], settleUntilMs: number): CpuMemory {
  return { peaks, looks, settleUntilMs };
}

/** What a look comes to before the bounds: what it asks for, and what is remembered of it. */
interface Judged {
  readonly rules: CapacityRules;
  /** Before the look. */
  readonly state: CapacityState;
  readonly seen: Observation;
  readonly now: number;
  readonly explained: CpuExplanation | null;
  readonly parts: DemandParts;
  /** What cannot be evicted takes so much. */
  readonly floorAcu: number;
  readonly remembered: Pick<CapacityState, 'memory' | 'cpu' | 'pause'>;
  readonly outlook: PauseOutlook | null;
}

/** Brings demand, permission to lower and the bounds together. */
function conclude(judged: Judged): Outcome {
  const { rules, state, seen, now, parts, floorAcu, remembered, outlook } = judged;
  const { config, capacityAcu: fromAcu } = state;
  const binding = highestOf(parts);
  const demandAcu = binding === null ? null : parts[binding];
  // Nothing else is asked for with a pause, and capacity stays what it is: the pause may be cancelled.
  if (outlook?.kind === 'due') return toPause(judged, binding, demandAcu);
  const minAcu = awakeMinimum(config.minAcu);
  const wantedAcu = demandAcu === null ? minAcu : roundUpToGrid(demandAcu);
  const tokensAcu = tokensAt(state.bucket, now);
  const ceiling = ceilingOf(state, seen, tokensAcu, wantedAcu);
  const target = Math.max(wantedAcu, Math.min(lowestAllowed(judged, binding, demandAcu ?? 0), fromAcu));
  // A bound that moved below the capacity lowers it at once, but never into what cannot be evicted.
  const bounded = Math.max(Math.min(target, ceiling.acu), Math.min(floorAcu, fromAcu, config.maxAcu), minAcu);
  const toAcu = seen.kind === 'fast' ? Math.max(bounded, fromAcu) : bounded;
  const next: CapacityState = {
    config,
    capacityAcu: toAcu,
    memory: remembered.memory,
    cpu:
      toAcu > fromAcu
        ? cpuMemory(remembered.cpu.peaks, remembered.cpu.looks, now + rules.settleMs)
        : remembered.cpu,
    bucket:
      seen.grant.contended && toAcu > fromAcu
        ? { tokensAcu: tokensAcu - (toAcu - fromAcu), atMs: now }
        : state.bucket,
    pause: remembered.pause,
  };
  const hold = holdOf(next, seen, parts, toAcu, now, rules);
  const cap = wantedAcu > toAcu ? ceiling.kind : null;
  return {
    state: next,
    actions: toAcu === fromAcu ? NO_ACTIONS : [{ kind: 'set-capacity', acu: toAcu }],
    decision: decisionOf(judged, binding, demandAcu, toAcu, hold, cap),
  };
}

const NO_ACTIONS: readonly CapacityAction[] = [];

function toPause(judged: Judged, binding: Resource | null, demandAcu: number | null): Outcome {
  const hold = { kind: 'minimum', resource: null, untilMs: null } as const;
  return {
    state: { ...judged.state, ...judged.remembered },
    actions: [{ kind: 'pause' }],
    decision: decisionOf(judged, binding, demandAcu, 0, hold, null),
  };
}

function decisionOf(
  { state, seen, explained, parts, outlook }: Judged,
  binding: Resource | null,
  demandAcu: number | null,
  toAcu: number,
  hold: Decision['hold'],
  cap: Decision['cap'],
): Decision {
  return {
    kind: seen.kind,
    fromAcu: state.capacityAcu,
    toAcu,
    parts,
    binding,
    demandAcu,
    hold,
    cap,
    hostSaturated: explained !== null && isHostSaturated(explained),
    cpu: explained,
    pause: outlook,
  };
}

/** How low a look may go; a fast one not at all. */
function lowestAllowed(
  { rules, state, seen, now, remembered }: Judged,
  binding: Resource | null,
  demandAcu: number,
): number {
  const isBlind = seen.kind === 'fast' || seen.cpu === null || seen.memory === null;
  if (isBlind || now < state.cpu.settleUntilMs) return state.capacityAcu;
  const recent = highestPeak(remembered.cpu.peaks, now, rules.holdMs)?.acu ?? 0;
  const boosted = boostHeldAcu(remembered.pause, now);
  const lowestAcu = roundUpToGrid(Math.max(recent, boosted, demandAcu));
  // Memory goes in small steps of its own.
  const least = binding === 'memory' ? 0 : rules.leastLoweringShare;
  return lowestAcu <= state.capacityAcu * (1 - least) ? lowestAcu : state.capacityAcu;
}

/** Without knowing what cannot be evicted, that is all of it. */
function evictionFloor({ capacityAcu, config }: CapacityState, { memory }: Observation): number {
  return memory === null
    ? capacityAcu
    : roundUpToGrid(unevictableToAcu(memory.unevictableBytes, config.shape));
}

/** The resource that asks for most; of equals the first. */
function highestOf({ cpu, memory, network, connections }: DemandParts): Resource | null {
  // What is not known asks for less than anything else.
  const highest = Math.max(cpu ?? -1, memory ?? -1, network ?? -1, connections ?? -1);
  if (highest < 0) return null;
  if (cpu === highest) return 'cpu';
  if (memory === highest) return 'memory';
  return network === highest ? 'network' : 'connections';
}
