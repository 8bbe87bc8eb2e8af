import type { LoadSource, LoadTick } from '../../load/model.ts';

/** What divides by a tick's duration needs one. */
export const SHORTEST_TICK_MS = 1;

/** A moment on both clocks: durations are of the monotonic one, which nobody sets. */
export interface Instant {
  readonly wallMs: number;
  readonly monotonicMs: number;
}

export interface PausedSpan {
  /** How far the pause has been told. */
  readonly told: Instant;
  readonly now: Instant;
  readonly intervalMs: number;
  readonly source: LoadSource;
  /** The pause is over, so a part of an interval is told too. */
  readonly isLast: boolean;
}

/** What passed of a pause as ticks of the usual length that end now at the latest, and how far it is told then. */
export function pausedTicks(span: PausedSpan): {
  readonly ticks: readonly LoadTick[];
  readonly told: Instant;
} {
  const { told, now, intervalMs, source, isLast } = span;
  const passedMs = untoldMs(told, now);
  const restMs = passedMs % intervalMs;
  const endMs = isLast ? now.wallMs : now.wallMs - restMs;
  const durations = Array.from({ length: Math.floor(passedMs / intervalMs) }, () => intervalMs);
  if (isLast && restMs >= SHORTEST_TICK_MS) durations.push(restMs);
  let leftMs = durations.reduce((sum, durationMs) => sum + durationMs, 0);
  const ticks = durations.map((durationMs) => {
    leftMs -= durationMs;
    return pausedTick(endMs - leftMs, durationMs, source);
  });
  const untold = isLast ? 0 : restMs;
  return { ticks, told: { wallMs: now.wallMs - untold, monotonicMs: now.monotonicMs - untold } };
}

/** Covered time without load. */
export function pausedTick(atMs: number, durationMs: number, source: LoadSource): LoadTick {
  return {
    atMs: Math.round(atMs),
    durationMs,
    source,
    state: 'paused',
    samples: [],
    activeTimeMs: null,
    thinning: 1,
    hiddenShare: 0,
    cost: { agentCpuMs: 0, backendCpuMs: null, tickMs: 0, lagMs: 0 },
  };
}

/** Time is not told twice where the wall clock was set back a little; set back beyond what was told, it starts anew. */
function untoldMs(told: Instant, now: Instant): number {
  const passedMs = Math.max(0, now.monotonicMs - told.monotonicMs);
  const wallMs = now.wallMs - told.wallMs;
  return wallMs > 0 ? Math.min(passedMs, wallMs) : passedMs;
}
