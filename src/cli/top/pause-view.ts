import { pausedTick } from '../../daemon/observe/paused-ticks.ts';
import type { ClusterDescription } from '../../daemon/fleet.ts';
import type { LoadTick } from '../../load/model.ts';
import { formatDuration } from '../terminal/numbers.ts';
import type { Hue, Ink } from '../terminal/paint.ts';
import { clean } from '../terminal/text.ts';
import type { Frame, TopModel } from './model.ts';

/** Sleep is no trouble. */
export const ASLEEP: Ink = { fg: { c256: 110, c16: 94 } satisfies Hue };
/** For so long a wake is news. */
const WAKE_NEWS_MS = 15_000;
/** From here on a tenth of a millisecond tells nothing. */
const FINE_MS = 100;

export function isAsleep({ status, capacity }: Pick<TopModel, 'status' | 'capacity'>): boolean {
  return status.connection === 'paused' || capacity?.cluster.status === 'paused';
}

/** What passes of a pause is told once a minute; until then the ticks go on here to the present. */
export function upToNow(model: TopModel, now: number): TopModel {
  if (!isAsleep(model)) return model;
  const last = model.ticks.at(-1);
  const sinceMs = last?.atMs ?? model.capacity?.cluster.pause.pausedAtMs ?? now;
  return sinceMs >= now ? model : { ...model, ticks: [...model.ticks, asleepTick(model, sinceMs, now)] };
}

function asleepTick({ status }: TopModel, sinceMs: number, now: number): LoadTick {
  return pausedTick(now, now - sinceMs, status.source ?? 'kernel');
}

/** How it sleeps, in words for a wide line and for a narrow one; null where it does not. */
export function sleepTexts(
  { status, pause }: ClusterDescription,
  { timeZone }: Pick<Frame, 'timeZone'>,
): readonly string[] | null {
  if (status === 'resuming') return ['resuming'];
  if (status !== 'paused') return null;
  const since = pause.pausedAtMs === null ? '' : ` since ${timeOfDay(pause.pausedAtMs, timeZone)}`;
  return [`paused${since}, wakes at the first byte`, `paused${since}`, 'paused'];
}

/** What woke it, for a while after it was woken; null before and after. */
export function wakeText({ status, pause }: ClusterDescription, now: number): string | null {
  const wake = pause.lastWake;
  if (wake === null || status === 'paused' || Math.abs(now - wake.atMs) > WAKE_NEWS_MS) return null;
  return `woken after ${formatDuration(wake.pausedMs)} by ${clean(wake.cause)} in ${wakeTime(wake.tookMs)}`;
}

/** How long a wake took, or an answer that waited for it. */
export function wakeTime(tookMs: number): string {
  return tookMs < FINE_MS ? `${tookMs.toFixed(1)} ms` : formatDuration(tookMs);
}

function timeOfDay(atMs: number, timeZone: string | undefined): string {
  const zone = timeZone === undefined ? {} : { timeZone };
  return new Intl.DateTimeFormat('sv-SE', { timeStyle: 'medium', ...zone }).format(atMs);
}
