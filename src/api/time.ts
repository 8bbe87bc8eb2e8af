/**
 * Times as a query may give them: ISO 8601 (UTC unless an offset is given), milliseconds since 1970, `now`, or an
 * offset from now (`-1h`, `now-90m`; units ms, s, m, h, d, w).
 */
export type TimeExpression =
  | { readonly kind: 'absolute'; readonly atMs: number }
  | { readonly kind: 'relative'; readonly offsetMs: number };

export const TIME_FORMS =
  'ISO 8601, milliseconds since 1970, now, or an offset such as -1h (ms, s, m, h, d, w)';

const UNIT_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

const RELATIVE = /^(?:now)?-(\d{1,9})(ms|s|m|h|d|w)$/;
const EPOCH_MS = /^\d{1,15}$/;
const ISO = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(Z|[+-]\d{2}:?\d{2})?)?$/;

/** Seconds since 1970 are a common slip; as milliseconds they would mean a day of January 1970. */
const EARLIEST_MS = Date.UTC(2000, 0, 1);
const LATEST_MS = Date.UTC(2200, 0, 1);

/** Null when the text is none of {@link TIME_FORMS}, or lies outside the years 2000 to 2199. */
export function parseTime(text: string): TimeExpression | null {
  if (text === 'now') return { kind: 'relative', offsetMs: 0 };
  const relative = RELATIVE.exec(text);
  if (relative) {
    const unit = relative[2] as keyof typeof UNIT_MS;
    return { kind: 'relative', offsetMs: -Number(relative[1]) * UNIT_MS[unit] };
  }
  const atMs = EPOCH_MS.test(text) ? Number(text) : parseIso(text);
  return atMs !== null && atMs >= EARLIEST_MS && atMs < LATEST_MS ? { kind: 'absolute', atMs } : null;
}

/** Milliseconds since 1970, never before it. */
export function resolveTime(expression: TimeExpression, nowMs: number): number {
  return expression.kind === 'absolute' ? expression.atMs : Math.max(0, nowMs + expression.offsetMs);
}

function parseIso(text: string): number | null {
  // An unescaped `+` of an offset arrives as a space.
  const match = ISO.exec(text.replace(/ (?=\d{2}:?\d{2}$)/, '+'));
  if (!match) return null;
  const [, date = '', time = '00:00', zone = 'Z'] = match;
  const dayMs = Date.parse(`${date}T00:00Z`);
  // The parser lets 31 February run over into March.
  if (Number.isNaN(dayMs) || new Date(dayMs).toISOString().slice(0, 10) !== date) return null;
  const atMs = Date.parse(`${date}T${time}${zone.replace(/^([+-]\d{2})(\d{2})$/, '$1:$2')}`);
  return Number.isNaN(atMs) ? null : atMs;
}
