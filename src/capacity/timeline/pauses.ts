import type { PauseSpan, Stretch } from './model.ts';

/** An event that began or ended a pause. */
export interface PauseEvent {
  readonly atMs: number;
  readonly kind: 'paused' | 'resumed';
  readonly data: Readonly<Record<string, unknown>>;
}

export interface PauseSources {
  /** Oldest first; what happened after the window, too, since it ends a pause that reaches beyond it. */
  readonly events: readonly PauseEvent[];
  /** Stretches that the observer told as paused. */
  readonly told: readonly Stretch[];
  /** When the present pause began; null where it does not sleep. */
  readonly asleepSinceMs: number | null;
  readonly nowMs: number;
}

/** A pause is told a moment after it began, and its end a moment before. */
const TOLD_SLACK_MS = 5_000;

/** When it slept, oldest first, clipped to the window. Events know it exactly; what only was told counts where they lack. */
export function pauseSpans(window: Stretch, sources: PauseSources): PauseSpan[] {
  const { events, told, asleepSinceMs, nowMs } = sources;
  const known = endedPauses(events);
  if (asleepSinceMs !== null) known.push({ fromMs: asleepSinceMs, toMs: nowMs, wokenBy: null, wakeMs: null });
  const guessed = told
    .filter((stretch) => !known.some((span) => overlaps(grown(span), stretch)))
    .map((stretch) => ({ ...stretch, wokenBy: null, wakeMs: null }));
  return [...known, ...guessed]
    .map((span) => ({ ...span, ...clip(span, window) }))
    .filter(({ fromMs, toMs }) => fromMs < toMs)
    .sort((a, b) => a.fromMs - b.fromMs);
}

/** The part of the stretch that lies in the window; it is empty or runs backwards where there is none. */
export function clip({ fromMs, toMs }: Stretch, window: Stretch): Stretch {
  return { fromMs: Math.max(fromMs, window.fromMs), toMs: Math.min(toMs, window.toMs) };
}

function endedPauses(events: readonly PauseEvent[]): PauseSpan[] {
  const spans: PauseSpan[] = [];
  let sleptAtMs: number | null = null;
  for (const { kind, atMs, data } of events) {
    if (kind === 'paused') {
      sleptAtMs = numberIn(data, 'pausedAtMs') ?? atMs;
      continue;
    }
    // The event comes when the client has a name; what woke it came before.
    const toMs = numberIn(data, 'wokenAtMs') ?? atMs;
    const pausedMs = numberIn(data, 'pausedMs');
    const fromMs: number | null = pausedMs === null ? sleptAtMs : toMs - pausedMs;
    sleptAtMs = null;
    if (fromMs === null) continue;
    const by = data['by'];
    spans.push({
      fromMs,
      toMs,
      wokenBy: typeof by === 'string' ? by : null,
      wakeMs: numberIn(data, 'tookMs'),
    });
  }
  return spans;
}

function numberIn(data: Readonly<Record<string, unknown>>, key: string): number | null {
  const value = data[key];
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

function grown({ fromMs, toMs }: Stretch): Stretch {
  return { fromMs: fromMs - TOLD_SLACK_MS, toMs: toMs + TOLD_SLACK_MS };
}

function overlaps(one: Stretch, other: Stretch): boolean {
  return one.fromMs < other.toMs && other.fromMs < one.toMs;
}
