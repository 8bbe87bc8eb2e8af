import type { ClusterAnswer } from '../../api/cluster-answers.ts';
import type { PauseOutlook } from '../../capacity/model.ts';
import { formatDuration } from '../terminal/numbers.ts';
import { formatMoment } from './amounts.ts';

type Pause = ClusterAnswer['pause'];

/** Sentences about pausing, without a full stop: when, whether now, and what woke it. */
export interface PauseFacts {
  /** Whether it will be paused; null where its minimum is above 0. */
  readonly plan: string | null;
  /** Null while it is awake. */
  readonly paused: string | null;
  /** Null before it was woken. */
  readonly woken: string | null;
}

export function pauseFacts(
  { status, capacity, pause, lastDecision }: ClusterAnswer,
  { now, timeZone }: { readonly now: number; readonly timeZone?: string },
): PauseFacts {
  const outlook = status === 'available' ? (lastDecision?.decision.pause ?? null) : null;
  return {
    plan: capacity.min === 0 ? planOf(pause, outlook, now) : null,
    paused: pausedSince(pause, now, timeZone),
    woken: wakes(pause, now),
  };
}

function planOf(pause: Pause, outlook: PauseOutlook | null, now: number): string {
  return pausePlan(pause) + (pause.unavailable === null ? outlookOf(outlook, now) : '');
}

/** As in `Pauses after 5 min without activity; ignoring user exporter`, or why it does not and the way out. */
export function pausePlan({ secondsUntilAutoPause, unavailable, ignoreActivity }: Pause): string {
  if (unavailable !== null) return `Cannot be paused here: ${unavailable.replace(/\.$/, '')}`;
  if (secondsUntilAutoPause === null) return 'Never paused: its minimum is above 0';
  const ignored = ignoreActivity.map(({ field, value }) => `${field} ${value}`).join(', ');
  const after = `Pauses after ${formatSeconds(secondsUntilAutoPause)} without activity`;
  return ignored === '' ? after : `${after}; ignoring ${ignored}`;
}

function outlookOf(outlook: PauseOutlook | null, now: number): string {
  switch (outlook?.kind) {
    case undefined:
      return '';
    case 'active':
      return '. Somebody uses it now';
    case 'waiting':
      return `. Nobody uses it now; paused in ${formatDuration(Math.max(0, outlook.untilMs - now))}`;
    case 'blocked':
      return `. Nobody uses it now; held awake: ${outlook.blockers.map(({ detail }) => detail).join(', ')}`;
    case 'unknown':
      return '. Whether somebody uses it now is not known, so it stays awake';
    case 'due':
      return '. Being paused now';
  }
}

function pausedSince({ pausedAtMs }: Pause, now: number, timeZone?: string): string | null {
  if (pausedAtMs === null) return null;
  const since = formatMoment(pausedAtMs, timeZone);
  return `Paused since ${since}, for ${formatDuration(Math.max(0, now - pausedAtMs))}; the next client wakes it`;
}

function wakes({ wakes: count, lastWake, pausedSeconds }: Pause, now: number): string | null {
  if (lastWake === null) return null;
  const times = count === 1 ? 'once' : `${count} times`;
  const ago = formatDuration(Math.max(0, now - lastWake.atMs));
  return (
    `Woken ${times}, last ${ago} ago in ${formatWakeTime(lastWake.tookMs)} ` +
    `after ${formatDuration(lastWake.pausedMs)} of pause, by ${lastWake.cause}; ` +
    `paused for ${formatDuration(pausedSeconds * 1000)} in all since airglow up started`
  );
}

/** A time that was chosen, as it was chosen: `5 min`, `90 s`, `24 h`. */
function formatSeconds(seconds: number): string {
  if (seconds % 3600 === 0) return `${seconds / 3600} h`;
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}

/** A wake is a matter of milliseconds, so tenths of them are told. */
function formatWakeTime(ms: number): string {
  return ms < 9.95 ? `${ms.toFixed(1)} ms` : formatDuration(ms);
}
