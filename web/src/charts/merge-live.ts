import type { Layer } from './stack.ts';

/** A tick of the live stream, by key. `endMs` is when the time that it covers ended. */
export interface LivePoint {
  readonly endMs: number;
  readonly durationMs: number;
  readonly byKey: ReadonlyMap<string, number>;
}

export interface Recorded {
  /** Start of each period. */
  readonly atMs: readonly number[];
  readonly coveredMs: readonly number[];
  readonly layers: readonly Layer[];
}

/**
 * What is recorded, with the newest ticks, which the record does not have yet, in the periods that it leaves empty.
 * Keys that only the newest have get a layer of their own, up to `mostLayers`; the rest is `otherKey`.
 */
export function mergeLive(
  recorded: Recorded,
  periodMs: number,
  live: readonly LivePoint[],
  otherKey: string,
  mostLayers = 12,
): Recorded {
  const { atMs } = recorded;
  const firstMs = atMs[0];
  if (firstMs === undefined || live.length === 0) return recorded;
  const covered = [...recorded.coveredMs];
  const values = new Map(recorded.layers.map(({ key, values: known }) => [key, [...known]]));
  const active = new Map<number, Map<string, number>>();
  const told = new Map<number, number>();
  for (const point of live) {
    // A tick that ends with a period belongs to it.
    const index = Math.floor((point.endMs - 1 - firstMs) / periodMs);
    if (index < 0 || index >= atMs.length || (recorded.coveredMs[index] ?? 0) > 0) continue;
    const sums = active.get(index) ?? new Map<string, number>();
    for (const [key, aas] of point.byKey) sums.set(key, (sums.get(key) ?? 0) + aas * point.durationMs);
    active.set(index, sums);
    told.set(index, (told.get(index) ?? 0) + point.durationMs);
  }
  for (const [index, sums] of active) {
    const durationMs = told.get(index) ?? 0;
    covered[index] = durationMs;
    for (const column of values.values()) column[index] = 0;
    for (const [key, activeMs] of sums) {
      const isKnown = values.has(key) || values.size < mostLayers;
      const column = columnOf(values, isKnown ? key : otherKey, covered);
      column[index] = (column[index] ?? 0) + activeMs / durationMs;
    }
  }
  return { atMs, coveredMs: covered, layers: [...values].map(([key, known]) => ({ key, values: known })) };
}

function columnOf(
  values: Map<string, (number | null)[]>,
  key: string,
  coveredMs: readonly number[],
): (number | null)[] {
  const known = values.get(key);
  if (known !== undefined) return known;
  const column = coveredMs.map((ms) => (ms > 0 ? 0 : null));
  values.set(key, column);
  return column;
}
