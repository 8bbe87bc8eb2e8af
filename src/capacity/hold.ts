import { awakeMinimum, takes } from './acu.ts';
import { unevictableToAcu } from './memory-demand.ts';
import type { CapacityState, DemandParts, Hold, Observation, Resource } from './model.ts';
import { boostHeldAcu } from './pause.ts';
import { highestPeak } from './peaks.ts';
import type { CapacityRules } from './rules.ts';

const AT_MINIMUM: Hold = { kind: 'minimum', resource: null, untilMs: null };
const SMALL_SAVING: Hold = { kind: 'small-saving', resource: null, untilMs: null };

/** What keeps capacity from being lower than `acu`, the strongest reason first. */
export function holdOf(
  state: CapacityState,
  seen: Observation,
  parts: DemandParts,
  acu: number,
  now: number,
  { holdMs }: CapacityRules,
): Hold {
  if (acu <= awakeMinimum(state.config.minAcu)) return AT_MINIMUM;
  const asking = askingFor(parts, acu);
  if (asking !== null && asking !== 'memory') return { kind: 'demand', resource: asking, untilMs: null };
  if (acu <= boostHeldAcu(state.pause, now)) {
    return { kind: 'resume-boost', resource: null, untilMs: state.pause.boost?.untilMs ?? null };
  }
  if (asking === 'memory') return memoryHold(state, seen, acu, now);
  if (seen.kind === 'fast') return { kind: 'recent-demand', resource: null, untilMs: null };
  if (seen.cpu === null || seen.memory === null) {
    const resource = seen.cpu === null ? 'cpu' : 'memory';
    return { kind: 'missing-observation', resource, untilMs: null };
  }
  const peak = highestPeak(state.cpu.peaks, now, holdMs);
  if (peak !== null && takes(peak.acu, acu)) {
    return { kind: 'recent-demand', resource: peak.resource, untilMs: peak.atMs + holdMs };
  }
  if (now >= state.cpu.settleUntilMs) return SMALL_SAVING;
  return { kind: 'recent-demand', resource: null, untilMs: state.cpu.settleUntilMs };
}

/** The resource that by itself asks for this much; memory last, since there is more to say of it. */
function askingFor({ cpu, network, connections, memory }: DemandParts, acu: number): Resource | null {
  if (asksFor(cpu, acu)) return 'cpu';
  if (asksFor(network, acu)) return 'network';
  if (asksFor(connections, acu)) return 'connections';
  return asksFor(memory, acu) ? 'memory' : null;
}

function asksFor(part: number | null, acu: number): boolean {
  return part !== null && takes(part, acu);
}

function memoryHold({ memory, config }: CapacityState, seen: Observation, acu: number, now: number): Hold {
  const unevictable = seen.memory?.unevictableBytes ?? 0;
  if (takes(unevictableToAcu(unevictable, config.shape), acu)) {
    return { kind: 'demand', resource: 'memory', untilMs: null };
  }
  if (now < memory.backOffUntilMs) {
    return { kind: 'cache-needed', resource: 'memory', untilMs: memory.backOffUntilMs };
  }
  return { kind: 'memory-step', resource: 'memory', untilMs: memory.nextStepAtMs };
}
