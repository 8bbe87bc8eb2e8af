import type { Dimension, LoadTick } from '../../load/model.ts';
import { passes, type Filter } from '../breakdown.ts';

/** One column of the chart: the load of a short period. */
export interface Column {
  readonly coveredMs: number;
  readonly pausedMs: number;
  /** Active milliseconds by key. */
  readonly weightMs: ReadonlyMap<string, number>;
}

export interface ColumnRange {
  readonly startMs: number;
  readonly columnMs: number;
  readonly count: number;
}

/**
 * `count` columns that make up the window that ends at `endMs`, moved on to the next multiple of a column's length:
 * so columns keep their place in time from frame to frame, and the picture does not shimmer.
 */
export function columnRange(endMs: number, windowMs: number, count: number): ColumnRange {
  const columnMs = windowMs / count;
  const lastEnd = Math.ceil(endMs / columnMs) * columnMs;
  return { startMs: lastEnd - windowMs, columnMs, count };
}

/**
 * Spreads ticks over columns. A tick that lies across a border counts in both in proportion: ticks jitter, and
 * giving each whole to one column would tear gaps into its neighbour.
 */
export function toColumns(
  ticks: readonly LoadTick[],
  range: ColumnRange,
  dimension: Dimension,
  filters: readonly Filter[],
): readonly Column[] {
  const columns = Array.from({ length: range.count }, () => ({
    coveredMs: 0,
    pausedMs: 0,
    weightMs: new Map<string, number>(),
  }));
  for (const tick of ticks) {
    const first = Math.floor((tick.atMs - tick.durationMs - range.startMs) / range.columnMs);
    const last = Math.ceil((tick.atMs - range.startMs) / range.columnMs) - 1;
    for (let index = Math.max(0, first); index <= Math.min(last, range.count - 1); index += 1) {
      const column = columns[index];
      const share = overlap(tick, range.startMs + index * range.columnMs, range.columnMs);
      if (column === undefined || share <= 0) continue;
      column.coveredMs += tick.durationMs * share;
      if (tick.state === 'paused') column.pausedMs += tick.durationMs * share;
      for (const { activity, tuple, weightMs } of tick.samples) {
        if (activity !== 'active' || !passes(tuple, filters)) continue;
        const key = tuple[dimension];
        column.weightMs.set(key, (column.weightMs.get(key) ?? 0) + weightMs * share);
      }
    }
  }
  return columns;
}

/** Share (0 to 1) of the tick that lies in the column that starts at `startMs`. */
function overlap(tick: LoadTick, startMs: number, columnMs: number): number {
  if (tick.durationMs <= 0) return 0;
  const from = Math.max(startMs, tick.atMs - tick.durationMs);
  const to = Math.min(startMs + columnMs, tick.atMs);
  return Math.max(0, to - from) / tick.durationMs;
}

/** Keys of all columns, most loaded first. */
export function keysByLoad(columns: readonly Column[]): readonly string[] {
  const totals = new Map<string, number>();
  for (const column of columns) {
    for (const [key, weightMs] of column.weightMs) totals.set(key, (totals.get(key) ?? 0) + weightMs);
  }
  return [...totals].toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([key]) => key);
}
