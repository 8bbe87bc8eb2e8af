import { changesOf, holdsOf } from './changes.ts';
import { sleepingPeriods, spread, throughSleep, withoutSleep } from './gauges.ts';
import type { CapacityChange, HeldStretch, PauseSpan, RecordedDecision, Step, Stretch } from './model.ts';
import { byPeriod, stepsOfDecisions, stepsOfMeans, withPauses } from './steps.ts';

const HOUR_MS = 3_600_000;

export const RESOURCES = ['cpu', 'memory', 'network', 'connections'] as const;

/** One figure for each period, null where nothing was recorded; empty where there is none at all. */
export type Figures = readonly (number | null)[];

export interface TimelineParts {
  /** What is not over yet ends now. */
  readonly window: Stretch;
  /** Starts of the periods that touch the window. */
  readonly startsMs: readonly number[];
  readonly periodMs: number;
  /** Oldest first. Those of a moment before the window say what was in force when it began. */
  readonly decisions: readonly RecordedDecision[];
  /** Older decisions of the window were not read: before the first one, `coarse` says what was in force. */
  readonly isCut: boolean;
  /** Means of capacity while it was awake, on a grid of its own; empty where it is not needed. */
  readonly coarse: { readonly startsMs: readonly number[]; readonly periodMs: number; readonly acu: Figures };
  readonly minAcu: Figures;
  readonly maxAcu: Figures;
  readonly demand: Readonly<Record<(typeof RESOURCES)[number], Figures>>;
  /** Oldest first, clipped to the window. */
  readonly pauses: readonly PauseSpan[];
  /** What is configured now, for time of which nothing was recorded. */
  readonly now: { readonly minAcu: number; readonly maxAcu: number };
}

export interface Timeline {
  readonly acu: Figures;
  readonly minAcu: Figures;
  readonly maxAcu: Figures;
  readonly demand: TimelineParts['demand'];
  /** Newest first, since {@link TimelineParts.decisions} began. */
  readonly changes: readonly CapacityChange[];
  readonly holds: readonly HeldStretch[];
  readonly used: {
    readonly acuHours: number;
    readonly fixedMaximumAcuHours: number;
    readonly knownSeconds: number;
    readonly pausedSeconds: number;
  };
}

/** Capacity over time, out of what was recorded. */
export function capacityTimeline(parts: TimelineParts): Timeline {
  const { window, startsMs, periodMs, pauses, now } = parts;
  const steps = withPauses(awakeSteps(parts), pauses, window);
  const { means, knownMs } = byPeriod(steps, startsMs, periodMs);
  const isAsleep = sleepingPeriods(startsMs, periodMs, pauses, window);
  const onGrid = (figures: Figures): Figures => {
    const filled = spread(figures, periodMs);
    return startsMs.map((_, index) => filled[index] ?? null);
  };
  const inForce = (figures: Figures, present: number): Figures =>
    throughSleep(onGrid(figures), isAsleep, present);
  const asked = (figures: Figures): Figures => withoutSleep(onGrid(figures), isAsleep);
  const maxAcu = inForce(parts.maxAcu, now.maxAcu);
  const { cpu, memory, network, connections } = parts.demand;
  const ofWindow = parts.decisions.filter(({ atMs }) => atMs >= window.fromMs && atMs < window.toMs);
  return {
    acu: means,
    minAcu: inForce(parts.minAcu, now.minAcu),
    maxAcu,
    demand: {
      cpu: asked(cpu),
      memory: asked(memory),
      network: asked(network),
      connections: asked(connections),
    },
    changes: changesOf(ofWindow, pauses),
    holds: holdsOf(ofWindow, window.toMs),
    used: {
      acuHours: steps.reduce((sum, { fromMs, toMs, acu }) => sum + acu * (toMs - fromMs), 0) / HOUR_MS,
      fixedMaximumAcuHours:
        knownMs.reduce((sum, ms, index) => sum + ms * (maxAcu[index] ?? now.maxAcu), 0) / HOUR_MS,
      knownSeconds: lengthOf(steps) / 1000,
      pausedSeconds: lengthOf(pauses) / 1000,
    },
  };
}

/** Exact since the first decision that was read; before it, means. */
function awakeSteps({ decisions, isCut, coarse, window }: TimelineParts): Step[] {
  const exact = stepsOfDecisions(decisions);
  if (!isCut) return exact;
  const exactSinceMs = decisions[0]?.atMs ?? window.toMs;
  const rough = stepsOfMeans(coarse.startsMs, coarse.acu, coarse.periodMs)
    .map((step) => ({ ...step, toMs: Math.min(step.toMs, exactSinceMs) }))
    .filter(({ fromMs, toMs }) => fromMs < toMs);
  return [...rough, ...exact];
}

function lengthOf(stretches: readonly Stretch[]): number {
  return stretches.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
}
