import type { RateSegment, WorkMix } from '../load/arrivals.ts';

export const MIX: WorkMix = { burn: 0.8, read: 0.15, write: 0.05 };
/** After a change of capacity, so that what the change itself costs is over. */
export const SETTLE_MS = 1_500;
/** What a load begins with is not measured. */
export const WARM_UP_MS = 1_500;

export const LOAD_NAMES = ['steps', 'spikes', 'saturation', 'airglow'] as const;
export type LoadName = (typeof LOAD_NAMES)[number];

/** A part of a load that is measured by itself, too. */
export interface LoadPart {
  readonly name: string;
  readonly fromSecond: number;
  readonly toSecond: number;
}

export interface Load {
  readonly name: LoadName;
  /** What is asked for in each second, as a share of the CPU of the capacity. */
  readonly levels: readonly number[];
  /** The whole is one of them, the first one. */
  readonly parts: readonly LoadPart[];
}

const STEPS = [0.2, 0.4, 0.6, 0.8];
const SPIKE_EVERY_SECONDS = 20;
const SPIKES = 3;

/** `stepSeconds`: of each step; the queue of the highest one comes and goes within seconds, so short ones differ much. */
export function loadOf(name: LoadName, stepSeconds: number): Load {
  switch (name) {
    case 'steps':
      return toLoad(name, steps(stepSeconds), stepParts(stepSeconds));
    case 'spikes': {
      const one = [...level(0.4, 8), ...level(2, 3), ...level(0.4, SPIKE_EVERY_SECONDS - 11)];
      return toLoad(name, Array.from({ length: SPIKES }, () => one).flat());
    }
    case 'saturation':
      return toLoad(name, [...level(0.6, 10), ...level(1.2, 15), ...level(0.4, 20)]);
    case 'airglow':
      // From a moment without load, so that it begins at the minimum in both worlds.
      return toLoad(name, [...level(0, 3), ...steps(stepSeconds), ...level(0, 12)]);
  }
}

export function toSegments({ levels }: Load, fullPerSecond: number): RateSegment[] {
  return levels.map((share, second) => ({
    untilMs: (second + 1) * 1000,
    perSecond: share * fullPerSecond,
  }));
}

export function parseLoadNames(text: string): LoadName[] {
  return text.split(',').map((name) => {
    const known = LOAD_NAMES.find((one) => one === name);
    if (known === undefined)
      throw new Error(`There is no load ${name}: choose from ${LOAD_NAMES.join(', ')}.`);
    return known;
  });
}

function toLoad(name: LoadName, levels: readonly number[], parts: readonly LoadPart[] = []): Load {
  return { name, levels, parts: [{ name, fromSecond: 0, toSecond: levels.length }, ...parts] };
}

function level(share: number, seconds: number): number[] {
  return Array.from({ length: seconds }, () => share);
}

function steps(stepSeconds: number): number[] {
  return STEPS.flatMap((share) => level(share, stepSeconds));
}

function stepParts(stepSeconds: number): LoadPart[] {
  return STEPS.map((share, index) => ({
    name: `- ${share * 100} %`,
    fromSecond: index * stepSeconds,
    toSecond: (index + 1) * stepSeconds,
  }));
}
