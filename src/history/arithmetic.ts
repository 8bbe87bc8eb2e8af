import { OTHER, type LoadSeries, type TopResult, type TopRow } from './history.ts';

/** Durations are added up as whole microseconds, so that a sum never depends on its order. */
export function wholeMicroseconds(durationMs: number): number {
  return Math.round(durationMs * 1000);
}

/** A key with its active milliseconds. */
export type Ranked = readonly [key: string, activeMs: number];

/** Most loaded first; equally loaded ones by key, so that the order never depends on storage. */
export function rank(activeMsByKey: ReadonlyMap<string, number>): Ranked[] {
  return [...activeMsByKey].sort(([keyA, a], [keyB, b]) => b - a || (keyA < keyB ? -1 : 1));
}

export interface SeriesFigures {
  readonly startsMs: readonly number[];
  /** One figure per period. */
  readonly coveredUs: readonly number[];
  /** Kept keys, most loaded first, each with active milliseconds per period. */
  readonly kept: readonly { readonly key: string; readonly activeMs: readonly number[] }[];
  /** Active milliseconds of all other keys; null where there are none. */
  readonly otherActiveMs: readonly number[] | null;
}

export function toSeries({ startsMs, coveredUs, kept, otherActiveMs }: SeriesFigures): LoadSeries {
  const all = otherActiveMs === null ? kept : [...kept, { key: OTHER, activeMs: otherActiveMs }];
  return {
    atMs: startsMs,
    coveredMs: coveredUs.map((us) => us / 1000),
    series: all.map(({ key, activeMs }) => ({
      key,
      aas: coveredUs.map((us, index) => (us === 0 ? null : aasOf(activeMs[index] ?? 0, us))),
    })),
  };
}

export interface TopFigures {
  readonly coveredUs: number;
  readonly totalActiveMs: number;
  readonly kept: readonly Ranked[];
  readonly partitions: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

export function toTop({ coveredUs, totalActiveMs, kept, partitions }: TopFigures): TopResult {
  if (coveredUs === 0) return { coveredMs: 0, totalAas: 0, rows: [] };
  const toRow = ([key, activeMs]: Ranked): TopRow => ({
    key,
    aas: aasOf(activeMs, coveredUs),
    partitions: rank(partitions.get(key) ?? new Map()).map(([part, partMs]) => ({
      key: part,
      aas: aasOf(partMs, coveredUs),
    })),
  });
  return { coveredMs: coveredUs / 1000, totalAas: aasOf(totalActiveMs, coveredUs), rows: kept.map(toRow) };
}

function aasOf(activeMs: number, coveredUs: number): number {
  return (activeMs * 1000) / coveredUs;
}
