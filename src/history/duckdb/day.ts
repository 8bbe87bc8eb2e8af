/** Days are UTC and known by their start, milliseconds since 1970. Times inside a day's file count from there. */
export const FIVE_MINUTES_MS = 300_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
export const HOURS_PER_DAY = 24;

export function dayOf(atMs: number): number {
  return Math.floor(atMs / DAY_MS) * DAY_MS;
}

/** `2026-11-22` */
export function dayName(dayMs: number): string {
  return new Date(dayMs).toISOString().slice(0, 10);
}

export function dayFileName(dayMs: number): string {
  return `${dayName(dayMs)}.duckdb`;
}

/** The day that a file holds; null for files of another kind. */
export function dayOfFile(fileName: string): number | null {
  const name = /^(\d{4}-\d{2}-\d{2})\.duckdb$/.exec(fileName)?.[1];
  const dayMs = name === undefined ? Number.NaN : Date.parse(`${name}T00:00:00Z`);
  return Number.isNaN(dayMs) ? null : dayMs;
}

/** 0 to 23, of a time inside a day. */
export function hourOf(offsetMs: number): number {
  return Math.floor(offsetMs / HOUR_MS);
}
