/**
 * The time that a page shows: a stretch that ends now and moves on (`live`), or one between two fixed moments.
 * All times are wall clock, milliseconds since 1970.
 */
export type TimeWindow =
  | { readonly kind: 'live'; readonly durationMs: number }
  | { readonly kind: 'fixed'; readonly fromMs: number; readonly toMs: number }
  /** Everything that is recorded. */
  | { readonly kind: 'all' };

/** A window that the API can be asked for. */
export type AskedWindow = Exclude<TimeWindow, { readonly kind: 'all' }>;

export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** What the page offers; the shortest is also the shortest that zooming gives by itself. */
export const DURATIONS: readonly {
  readonly label: string;
  readonly name: string;
  readonly durationMs: number;
}[] = [
  { label: '5m', name: 'last 5 minutes', durationMs: 5 * MINUTE_MS },
  { label: '15m', name: 'last 15 minutes', durationMs: 15 * MINUTE_MS },
  { label: '1h', name: 'last hour', durationMs: HOUR_MS },
  { label: '6h', name: 'last 6 hours', durationMs: 6 * HOUR_MS },
  { label: '24h', name: 'last 24 hours', durationMs: DAY_MS },
  { label: '7d', name: 'last 7 days', durationMs: 7 * DAY_MS },
];

export const DEFAULT_WINDOW: TimeWindow = { kind: 'live', durationMs: 15 * MINUTE_MS };

/** The shortest stretch worth drawing: a few ticks. */
export const SHORTEST_MS = 10_000;
/** The API answers no more than this at once; 20 years are all history there can be. */
const LONGEST_MS = 20 * 365 * DAY_MS;

const UNITS: readonly (readonly [string, number])[] = [
  ['d', DAY_MS],
  ['h', HOUR_MS],
  ['m', MINUTE_MS],
  ['s', 1000],
];

/** `-15m` as the API writes it. */
export function formatDuration(durationMs: number): string {
  const [unit, unitMs] = UNITS.find(([, ms]) => durationMs >= ms && durationMs % ms === 0) ?? ['s', 1000];
  return `-${Math.max(1, Math.round(durationMs / unitMs))}${unit}`;
}

/** Null where the words of an address mean no window. */
export function parseWindow(from: string | null, to: string | null): TimeWindow | null {
  if (from === null) return null;
  if (from === 'all') return { kind: 'all' };
  const relative = /^-(\d{1,9})(s|m|h|d)$/.exec(from);
  if (relative) {
    const unitMs = UNITS.find(([unit]) => unit === relative[2])?.[1] ?? 1000;
    const durationMs = Number(relative[1]) * unitMs;
    return isPossible(durationMs) && (to === null || to === 'now') ? { kind: 'live', durationMs } : null;
  }
  const [fromMs, toMs] = [momentOf(from), to === null ? null : momentOf(to)];
  if (fromMs === null || toMs === null || !isPossible(toMs - fromMs)) return null;
  return { kind: 'fixed', fromMs, toMs };
}

/** The words for the address; `to` is null where it is now. */
export function windowWords(window: TimeWindow): { readonly from: string; readonly to: string | null } {
  switch (window.kind) {
    case 'all':
      return { from: 'all', to: null };
    case 'live':
      return { from: formatDuration(window.durationMs), to: null };
    case 'fixed':
      return { from: String(Math.round(window.fromMs)), to: String(Math.round(window.toMs)) };
  }
}

/**
 * The same window as something to ask for: everything is the time since `firstMs`, where the record begins (null where
 * nothing is known of it), in whole steps, so that the question stays the same for a while.
 */
export function askedWindow(window: TimeWindow, nowMs: number, firstMs: number | null): AskedWindow {
  if (window.kind !== 'all') return window;
  const sinceMs = Math.max(5 * MINUTE_MS, nowMs - (firstMs ?? nowMs));
  const stepMs = sinceMs <= HOUR_MS ? MINUTE_MS : sinceMs <= DAY_MS ? 10 * MINUTE_MS : HOUR_MS;
  return { kind: 'live', durationMs: Math.min(LONGEST_MS, Math.ceil(sinceMs / stepMs) * stepMs) };
}

export function spanOf(window: AskedWindow, nowMs: number): Span {
  return window.kind === 'fixed'
    ? { fromMs: window.fromMs, toMs: window.toMs }
    : { fromMs: nowMs - window.durationMs, toMs: nowMs };
}

/** The stretch between two moments in any order, widened to {@link SHORTEST_MS} around its middle. */
export function zoomTo(oneMs: number, otherMs: number): TimeWindow {
  const [fromMs, toMs] = [Math.min(oneMs, otherMs), Math.max(oneMs, otherMs)];
  const missingMs = Math.max(0, SHORTEST_MS - (toMs - fromMs));
  return {
    kind: 'fixed',
    fromMs: Math.round(fromMs - missingMs / 2),
    toMs: Math.round(toMs + missingMs / 2),
  };
}

/** The same length, earlier (-1) or later (1) by `share` of it; never later than now. */
export function shift(span: Span, direction: -1 | 1, nowMs: number, share = 0.5): TimeWindow {
  const durationMs = span.toMs - span.fromMs;
  const toMs = Math.min(nowMs, span.toMs + direction * durationMs * share);
  return { kind: 'fixed', fromMs: Math.round(toMs - durationMs), toMs: Math.round(toMs) };
}

/** Twice as long around the same middle, never later than now. */
export function widen(span: Span, nowMs: number): TimeWindow {
  const durationMs = Math.min(LONGEST_MS, 2 * (span.toMs - span.fromMs));
  const middleMs = (span.fromMs + span.toMs) / 2;
  const toMs = Math.min(nowMs, middleMs + durationMs / 2);
  return { kind: 'fixed', fromMs: Math.round(toMs - durationMs), toMs: Math.round(toMs) };
}

/** The middle half of it. */
export function narrow(span: Span): TimeWindow {
  const quarterMs = (span.toMs - span.fromMs) / 4;
  return zoomTo(span.fromMs + quarterMs, span.toMs - quarterMs);
}

function isPossible(durationMs: number): boolean {
  return durationMs >= 1000 && durationMs <= LONGEST_MS;
}

function momentOf(text: string): number | null {
  if (!/^\d{11,14}$/.test(text)) return null;
  return Number(text);
}
