import type { PauseQuery, PausedStretch } from './history.ts';

/** A stretch that was told as paused, and how much may lie between it and the one before for both to be one. */
export interface PausedPart extends PausedStretch {
  readonly breakMs: number;
}

/** Clocks count whole milliseconds, and ticks last parts of them. */
export const ROUNDING_MS = 2;

/** Parts, oldest first, as the stretches that they make up, clipped to the window. */
export function joinPauses({ fromMs, toMs }: PauseQuery, parts: readonly PausedPart[]): PausedStretch[] {
  const stretches: { fromMs: number; toMs: number }[] = [];
  for (const part of parts) {
    const last = stretches.at(-1);
    if (last && part.fromMs <= last.toMs + part.breakMs + ROUNDING_MS)
      last.toMs = Math.max(last.toMs, part.toMs);
    else stretches.push({ fromMs: part.fromMs, toMs: part.toMs });
  }
  return stretches
    .map((stretch) => ({ fromMs: Math.max(fromMs, stretch.fromMs), toMs: Math.min(toMs, stretch.toMs) }))
    .filter((stretch) => stretch.fromMs < stretch.toMs);
}
