import { roundUpToGrid } from '../../capacity/acu.ts';
import type { DemandParts } from '../../capacity/model.ts';
import type { ClusterDescription, TimedDecision } from '../../daemon/fleet.ts';

/** What the terminal shows of the capacity of a database of ours. Plain data: drawing it needs nothing else. */
export interface CapacityView {
  readonly cluster: ClusterDescription;
  /** Oldest first; capacity stays as it is from one to the next. */
  readonly points: readonly CapacityPoint[];
  /** Decisions that changed capacity, newest first. */
  readonly changes: readonly TimedDecision[];
  readonly latest: TimedDecision | null;
}

/** What a decision left behind. */
export interface CapacityPoint {
  readonly atMs: number;
  readonly acu: number;
  /** Not rounded and not bounded; null where nothing was known. */
  readonly demandAcu: number | null;
}

/** An ACU figure on the grid (0.5, 12) or beside it (2.13 is 2.1). */
export function formatAcu(acu: number): string {
  return acu >= 99.95 ? acu.toFixed(0) : String(Number(acu.toFixed(1)));
}

/** A demand, always with one decimal, so that a row of them does not jitter. */
export function formatDemand(acu: number | null): string {
  if (acu === null) return '–';
  return acu >= 99.95 ? acu.toFixed(0) : acu.toFixed(1);
}

/** As in "61 % less than a fixed 8 ACU"; null before anything was used. */
export function savedShare({ acuHours, cost }: ClusterDescription): number | null {
  if (!(cost.fixedMaximumAcuHours > 0)) return null;
  return Math.max(0, 1 - acuHours / cost.fixedMaximumAcuHours);
}

/** The last look at which this capacity was needed; null where none is known. */
export function lastNeeded(points: readonly CapacityPoint[], acu: number): CapacityPoint | null {
  const isNeeded = ({ demandAcu }: CapacityPoint): boolean =>
    demandAcu !== null && roundUpToGrid(demandAcu) >= acu;
  return points.findLast(isNeeded) ?? null;
}

export const RESOURCES: readonly {
  readonly key: keyof DemandParts;
  readonly long: string;
  readonly short: string;
}[] = [
  { key: 'cpu', long: 'CPU', short: 'CPU' },
  { key: 'memory', long: 'memory', short: 'mem' },
  { key: 'network', long: 'network', short: 'net' },
  { key: 'connections', long: 'connections', short: 'conn' },
];

export function resourceName(key: keyof DemandParts): string {
  return RESOURCES.find((resource) => resource.key === key)?.long ?? key;
}
