import type { Span } from '../view/time-window.ts';

/** Moments in the zone of whoever looks; `zone` is for tests. */

const DAY_MS = 86_400_000;

export function formatClock(atMs: number, zone?: string): string {
  return format(atMs, { hour: '2-digit', minute: '2-digit', second: '2-digit' }, zone);
}

export function formatMoment(atMs: number, zone?: string): string {
  const day = format(atMs, { year: 'numeric', month: '2-digit', day: '2-digit' }, zone);
  return `${day} ${formatClock(atMs, zone)}`;
}

/** Only as much as is needed: without the day where both ends are on the present one. */
export function formatSpan({ fromMs, toMs }: Span, nowMs: number, zone?: string): string {
  const [from, to] = [formatMoment(fromMs, zone), formatMoment(toMs, zone)];
  const [fromDay, toDay, today] = [from, to, formatMoment(nowMs, zone)].map((text) => text.slice(0, 10));
  if (fromDay !== toDay) return `${from} – ${to}`;
  return fromDay === today ? `${from.slice(11)} – ${to.slice(11)}` : `${from} – ${to.slice(11)}`;
}

/** As in `UTC+02:00, Europe/Berlin`. */
export function zoneName(atMs: number): string {
  const minutes = -new Date(atMs).getTimezoneOffset();
  const sign = minutes < 0 ? '−' : '+';
  const hours = String(Math.floor(Math.abs(minutes) / 60)).padStart(2, '0');
  const rest = String(Math.abs(minutes) % 60).padStart(2, '0');
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  return minutes === 0 && timeZone === 'UTC' ? 'UTC' : `UTC${sign}${hours}:${rest}, ${timeZone}`;
}

/** As in `3 min ago`. */
export function formatAgo(atMs: number, nowMs: number): string {
  const seconds = Math.max(0, Math.round((nowMs - atMs) / 1000));
  if (seconds < 5) return 'now';
  if (seconds < 90) return `${seconds} s ago`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min ago`;
  if (seconds * 1000 < 2 * DAY_MS) return `${Math.round(seconds / 3600)} h ago`;
  return `${Math.round((seconds * 1000) / DAY_MS)} days ago`;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function format(atMs: number, options: Intl.DateTimeFormatOptions, zone: string | undefined): string {
  const key = JSON.stringify([options, zone]);
  let known = formats.get(key);
  if (known === undefined) {
    // Swedish writes the day as ISO does.
    known = new Intl.DateTimeFormat('sv-SE', {
      ...options,
      ...(zone === undefined ? {} : { timeZone: zone }),
    });
    formats.set(key, known);
  }
  return known.format(atMs);
}
