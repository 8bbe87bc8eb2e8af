import { ACU_STEP, roundUpToGrid } from '../../src/capacity/acu.ts';
import { startCapacity } from '../../src/capacity/decide.ts';
import type { CapacityPolicy, CapacityState, Look, Observation, Peak } from '../../src/capacity/model.ts';
import { decideFor, stay } from './plain-decision.ts';

/** How a published autoscaler follows CPU utilisation. */
export interface TrackingRule {
  readonly name: string;
  /** Utilisation to be kept, as a share of what is allowed. */
  readonly target: number;
  /** Utilisation is known as one mean per so many seconds. */
  readonly pointSeconds: number;
  /** Raised after so many points in a row above the target and its tolerance, to what the last one asks for. */
  readonly upPoints: number;
  readonly upTolerance: number;
  /** Lowered after so many points in a row below it, to the most that one of them asked for. */
  readonly downPoints: number;
  readonly downTolerance: number;
  /** At most to this at once. */
  readonly mostAfter: (acu: number) => number;
  readonly downCooldownSeconds: number;
}

/**
 * Kubernetes HorizontalPodAutoscaler with its defaults: looks every 15 s, tolerance 10 %, wanted =
 * ceil(current x utilisation / target), at most doubled or 4 more in 15 s, lowered to the highest recommendation of the
 * last 300 s. One pod stands for one step of capacity. The target is ours to choose; 70 % is what we aim at, too.
 * https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/
 */
export const KUBERNETES_RULE: TrackingRule = {
  name: 'tracker',
  target: 0.7,
  pointSeconds: 15,
  upPoints: 1,
  upTolerance: 0.1,
  downPoints: 20,
  downTolerance: 0.1,
  mostAfter: (acu) => Math.max(2 * acu, acu + 4 * ACU_STEP),
  downCooldownSeconds: 0,
};

/**
 * AWS target tracking as the alarms that it makes are published: utilisation a minute; up after 3 minutes above the
 * target, in proportion; down after 15 minutes below nine tenths of it; 300 s between two lowerings.
 * https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html
 */
export const AWS_RULE: TrackingRule = {
  name: 'tracker-aws',
  target: 0.7,
  pointSeconds: 60,
  upPoints: 3,
  upTolerance: 0,
  downPoints: 15,
  downTolerance: 0.1,
  mostAfter: () => Number.POSITIVE_INFINITY,
  downCooldownSeconds: 300,
};

/**
 * Follows CPU utilisation over the same way as Airglow's own policy: same observations, same limits. Of the state it
 * uses `cpu.looks` for the point being measured, `cpu.peaks` for what each point asked for, and `cpu.loweredAtMs`.
 */
export function targetTrackingPolicy(rule: TrackingRule): CapacityPolicy {
  return {
    name: rule.name,
    start: startCapacity,
    decide(state, seen, now) {
      // The fast looks cover the same time as the full ones.
      if (seen.kind === 'fast' || seen.cpu === null) return stay(state, seen);
      const looks = [...state.cpu.looks, { atMs: now, durationMs: seen.durationMs, cpus: seen.cpu.used }];
      const coveredMs = looks.reduce((sum, look) => sum + look.durationMs, 0);
      if (coveredMs < rule.pointSeconds * 1000) return stay(remember(state, { looks }), seen);
      return decideAtPoint(rule, state, seen, looks, now);
    },
  };
}

function decideAtPoint(
  rule: TrackingRule,
  state: CapacityState,
  seen: Observation,
  looks: readonly Look[],
  now: number,
): ReturnType<CapacityPolicy['decide']> {
  const { capacityAcu, config, cpu } = state;
  const utilisation = meanCpus(looks) / (capacityAcu * config.shape.cpus);
  const point: Peak = { acu: recommend(rule, capacityAcu, utilisation), atMs: now, resource: 'cpu' };
  const points = [...cpu.peaks, point].slice(-Math.max(rule.upPoints, rule.downPoints));
  const wantedAcu = follow(rule, capacityAcu, points, now - (cpu.loweredAtMs ?? Number.NEGATIVE_INFINITY));
  const isLowered = wantedAcu < capacityAcu;
  const next = remember(state, {
    looks: [],
    peaks: points,
    loweredAtMs: isLowered ? now : cpu.loweredAtMs,
  });
  return decideFor(next, seen, wantedAcu);
}

/** What a point asks for: the capacity at which it would have been on target. */
function recommend(rule: TrackingRule, capacityAcu: number, utilisation: number): number {
  const ratio = utilisation / rule.target;
  const isNear = ratio <= 1 + rule.upTolerance && ratio >= 1 - rule.downTolerance;
  return isNear ? capacityAcu : roundUpToGrid(capacityAcu * ratio);
}

function follow(
  rule: TrackingRule,
  capacityAcu: number,
  points: readonly Peak[],
  sinceLoweredMs: number,
): number {
  const last = points.at(-1)?.acu ?? capacityAcu;
  const recent = points.slice(-rule.upPoints);
  if (recent.length === rule.upPoints && recent.every(({ acu }) => acu > capacityAcu)) {
    return Math.min(last, rule.mostAfter(capacityAcu));
  }
  const highest = Math.max(...points.slice(-rule.downPoints).map(({ acu }) => acu));
  const mayLower = points.length >= rule.downPoints && sinceLoweredMs >= rule.downCooldownSeconds * 1000;
  return mayLower ? Math.min(capacityAcu, highest) : capacityAcu;
}

function remember(state: CapacityState, change: Partial<CapacityState['cpu']>): CapacityState {
  return { ...state, cpu: { ...state.cpu, ...change } };
}

function meanCpus(looks: readonly Look[]): number {
  const totalMs = looks.reduce((sum, { durationMs }) => sum + durationMs, 0);
  return looks.reduce((sum, { cpus, durationMs }) => sum + cpus * durationMs, 0) / totalMs;
}
