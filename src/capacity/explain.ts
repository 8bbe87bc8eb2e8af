import { awakeMinimum, roundUpToGrid } from './acu.ts';
import { durationInWords, explainPause, quietOf } from './explain-pause.ts';
import type { CapKind, CapacityConfig, Decision, Hold, Resource } from './model.ts';

const NAMES: Readonly<Record<Resource, string>> = {
  cpu: 'CPU',
  memory: 'memory',
  network: 'network',
  connections: 'connections',
};

/** One sentence: why capacity changed, or why it did not, or why it is paused. */
export function reasonOf(decision: Decision, config: CapacityConfig, now: number): string {
  const { fromAcu, toAcu } = decision;
  if (decision.pause?.kind === 'due') return `pauses: ${quietOf(config)}`;
  if (toAcu > fromAcu)
    return `up from ${acu(fromAcu)} to ${acu(toAcu)} ACU: ${demandOf(decision)}${capOf(decision)}`;
  if (toAcu < fromAcu)
    return `down from ${acu(fromAcu)} to ${acu(toAcu)} ACU: ${lowerReason(decision, config)}`;
  return `stays at ${acu(toAcu)} ACU: ${holdOf(decision.hold, decision, now)}${capOf(decision)}`;
}

/** Sentences for somebody who asks why capacity is what it is. */
export function explainDecision(decision: Decision, config: CapacityConfig, now: number): string[] {
  const { toAcu, parts, hostSaturated, pause } = decision;
  if (pause?.kind === 'due') return [explainPause(pause, config, now)];
  const asked = (['cpu', 'memory', 'network', 'connections'] as const).map((resource) => {
    const part = parts[resource];
    return `${NAMES[resource]} ${part === null ? 'is not known' : `asks for ${acu(part)} ACU`}`;
  });
  return [
    `Capacity is ${acu(toAcu)} ACU, between ${acu(config.minAcu)} and ${acu(config.maxAcu)}.`,
    `${capitalise(asked.join(', '))}.`,
    ...cpuSentence(decision),
    `Not lower: ${holdOf(decision.hold, decision, now)}.`,
    ...(decision.cap === null ? [] : [`Not higher: ${CAPS[decision.cap]}.`]),
    ...(hostSaturated ? [SATURATED] : []),
    ...(pause === null ? [] : [explainPause(pause, config, now)]),
  ];
}

const SATURATED =
  'The host is saturated: sessions wait for a processor that something else uses, so more capacity would not help.';

const CAPS: Readonly<Record<CapKind, string>> = {
  maximum: 'it is at its maximum, so demand above it waits; raise the maximum to serve it',
  'host-share': 'other databases of this host have their share of it',
  'token-bucket': 'the host is contended, so growth is paced',
};

function cpuSentence({ cpu }: Decision): string[] {
  if (cpu === null) return [];
  const { used, waitingForLimit, waitingForHost } = cpu;
  const waits = [
    ...(waitingForLimit >= 0.005 ? [`${number(waitingForLimit)} waited for the limit`] : []),
    ...(waitingForHost >= 0.005 ? [`${number(waitingForHost)} for a processor of the host`] : []),
  ];
  return [`On CPU ${number(used)} processes on average${waits.length > 0 ? `; ${waits.join(', ')}` : ''}.`];
}

function demandOf({ binding, demandAcu, cpu }: Decision): string {
  if (binding === null || demandAcu === null) return 'its minimum was raised';
  const base = `${NAMES[binding]} asks for ${acu(demandAcu)}`;
  if (binding !== 'cpu' || cpu === null || cpu.waitingForLimit < 0.05) return base;
  return `${base} (${number(cpu.used)} running, ${number(cpu.waitingForLimit)} waiting for the limit)`;
}

function capOf({ cap }: Decision): string {
  if (cap === null) return '';
  return cap === 'maximum' ? ', bounded by its maximum' : `, bounded: ${CAPS[cap]}`;
}

function lowerReason({ toAcu, demandAcu, parts, cap }: Decision, config: CapacityConfig): string {
  if (cap === 'host-share') return CAPS['host-share'];
  if (cap === 'maximum' || toAcu > config.maxAcu) return 'its maximum was lowered';
  if (demandAcu === null) return 'nothing asks for more';
  const isMemoryStep =
    toAcu > awakeMinimum(config.minAcu) && parts.memory !== null && roundUpToGrid(parts.memory) === toAcu;
  if (isMemoryStep) return `memory is given back step by step, and ${acu(demandAcu)} is still in use`;
  return `nothing above ${acu(toAcu)} was needed lately`;
}

/** What keeps capacity from being lower, and until when. */
export function holdOf(hold: Hold, { demandAcu }: Decision, now: number): string {
  const name = hold.resource === null ? 'demand' : NAMES[hold.resource];
  const until = hold.untilMs === null ? '' : `, for ${durationInWords(hold.untilMs - now)} more`;
  switch (hold.kind) {
    case 'minimum':
      return 'it is at its minimum';
    case 'demand':
      return `${name} asks for ${demandAcu === null ? 'it' : acu(demandAcu)} now`;
    case 'recent-demand':
      return hold.resource === null
        ? `it was raised a moment ago, and is watched${until}`
        : `${name} needed it a short while ago; it is held${until}`;
    case 'small-saving':
      return 'less would do, by so little that it is not worth a change';
    case 'memory-step':
      return `memory is given back in small steps; the next one in ${durationInWords((hold.untilMs ?? now) - now)}`;
    case 'cache-needed':
      return `pages had to be read again when memory was given back, so it is kept${until}`;
    case 'resume-boost':
      return `it was resumed a moment ago and gets what is likely to be needed${until}`;
    case 'missing-observation':
      return `${name} could not be observed, and without that nothing is lowered`;
  }
}

function acu(value: number): string {
  return value.toFixed(value % 1 === 0 ? 0 : 1);
}

function number(value: number): string {
  return value.toFixed(value < 10 ? 2 : 0);
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
