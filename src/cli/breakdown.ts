import type { Activity, Dimension, LoadTick, Tuple } from '../load/model.ts';

export interface Filter {
  readonly dimension: Dimension;
  readonly key: string;
}

export interface BreakdownRow {
  readonly key: string;
  readonly aas: number;
  /** Most loaded first. */
  readonly parts: readonly { readonly key: string; readonly aas: number }[];
}

export interface Breakdown {
  readonly coveredMs: number;
  readonly totalAas: number;
  /** Most loaded first; equal loads by key, so that rows do not jump. */
  readonly rows: readonly BreakdownRow[];
}

export interface BreakdownRequest {
  readonly groupBy: Dimension;
  readonly partitionBy: Dimension;
  readonly filters?: readonly Filter[];
  /** `active` unless told otherwise. */
  readonly activity?: Activity;
}

export function passes(tuple: Tuple, filters: readonly Filter[]): boolean {
  return filters.every(({ dimension, key }) => tuple[dimension] === key);
}

/** AAS of the ticks by one dimension, every row split by a second. */
export function breakdown(ticks: readonly LoadTick[], request: BreakdownRequest): Breakdown {
  const { groupBy, partitionBy, filters = [], activity = 'active' } = request;
  const groups = new Map<string, Map<string, number>>();
  let coveredMs = 0;
  for (const tick of ticks) {
    coveredMs += tick.durationMs;
    for (const sample of tick.samples) {
      if (sample.activity !== activity || !passes(sample.tuple, filters)) continue;
      const group = groups.get(sample.tuple[groupBy]) ?? new Map<string, number>();
      groups.set(sample.tuple[groupBy], group);
      const part = sample.tuple[partitionBy];
      group.set(part, (group.get(part) ?? 0) + sample.weightMs);
    }
  }
  const rows = [...groups].map(([key, parts]) => toRow(key, parts, coveredMs)).toSorted(byLoad);
  return { coveredMs, totalAas: rows.reduce((sum, row) => sum + row.aas, 0), rows };
}

function toRow(key: string, parts: ReadonlyMap<string, number>, coveredMs: number): BreakdownRow {
  const shares = [...parts]
    .map(([part, weightMs]) => ({ key: part, aas: coveredMs > 0 ? weightMs / coveredMs : 0 }))
    .toSorted(byLoad);
  return { key, aas: shares.reduce((sum, part) => sum + part.aas, 0), parts: shares };
}

function byLoad(a: { key: string; aas: number }, b: { key: string; aas: number }): number {
  return b.aas - a.aas || (a.key < b.key ? -1 : 1);
}
