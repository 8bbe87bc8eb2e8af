import type { CapacityAnswer } from '../../../../src/api/capacity-answers.ts';
import { formatMs } from '../../format/numbers.ts';
import type { Cell } from '../../ui/csv.ts';

/** What happened to capacity, as the table lists it. */
export const ROW_KINDS = ['up', 'down', 'held', 'pause'] as const;
export type RowKind = (typeof ROW_KINDS)[number];

export interface CapacityRow {
  readonly kind: RowKind;
  readonly fromMs: number;
  /** The same for what took no time. */
  readonly toMs: number;
  readonly fromAcu: number | null;
  readonly toAcu: number | null;
  readonly reason: string;
}

/** From the decision to pause until everything sleeps. */
const FALLING_ASLEEP_MS = 30_000;

/** Changes, holds and pauses in one list, the newest first. */
export function capacityRows({ changes, holds, pauses, meta }: CapacityAnswer): readonly CapacityRow[] {
  const fellAsleep = (atMs: number): boolean =>
    pauses.some(({ fromMs, toMs }) => fromMs <= atMs + FALLING_ASLEEP_MS && toMs > atMs);
  const rows: CapacityRow[] = [
    ...changes
      // The row of the pause says the same.
      .filter(({ atMs, toAcu }) => toAcu > 0 || !fellAsleep(atMs))
      .map(({ atMs, fromAcu, toAcu, reason }) => ({
        kind: toAcu === 0 ? ('pause' as const) : toAcu > fromAcu ? ('up' as const) : ('down' as const),
        fromMs: atMs,
        toMs: atMs,
        fromAcu,
        toAcu,
        reason: withoutNumbers(reason),
      })),
    ...holds.map(({ fromMs, toMs, kind, acu, reason }) => ({
      kind: kind.startsWith('pause-') ? ('pause' as const) : ('held' as const),
      fromMs,
      toMs,
      fromAcu: acu,
      toAcu: acu,
      reason: holdReason(kind, reason),
    })),
    ...pauses.map((pause) => ({
      kind: 'pause' as const,
      fromMs: pause.fromMs,
      toMs: pause.toMs,
      fromAcu: 0,
      toAcu: 0,
      reason: pauseReason(pause, meta.toMs),
    })),
  ];
  return rows.toSorted((a, b) => b.fromMs - a.fromMs || b.toMs - a.toMs);
}

/** What was in force because of what, at a moment: the last change and what held it; null where nothing tells. */
export function rowsAt(rows: readonly CapacityRow[], atMs: number, periodMs: number): readonly CapacityRow[] {
  const asleep = rows.find(
    ({ kind, fromMs, toMs, toAcu }) =>
      kind === 'pause' && toAcu === 0 && fromMs < atMs + periodMs && toMs > atMs,
  );
  if (asleep !== undefined) return [asleep];
  const change = rows.find(
    ({ kind, fromMs }) => (kind === 'up' || kind === 'down') && fromMs < atMs + periodMs,
  );
  const hold = rows.find(
    ({ kind, fromMs, toMs }) => kind === 'held' && fromMs < atMs + periodMs && toMs > atMs,
  );
  return [hold, change].filter((row) => row !== undefined);
}

export function csvOfRows(rows: readonly CapacityRow[]): readonly (readonly Cell[])[] {
  return [
    ['kind', 'from', 'to', 'from_acu', 'to_acu', 'reason'],
    ...rows.map(({ kind, fromMs, toMs, fromAcu, toAcu, reason }) => [
      kind,
      new Date(fromMs).toISOString(),
      new Date(toMs).toISOString(),
      fromAcu,
      toAcu,
      reason,
    ]),
  ];
}

/** `up from 0.5 to 2 ACU: CPU asks for 2` has its numbers in columns of their own. */
function withoutNumbers(reason: string): string {
  return /^(?:up from|down from|stays at) [^:]*: (.+)$/s.exec(reason)?.[1] ?? reason;
}

const HELD_SINCE: Readonly<Record<string, string>> = {
  'recent-demand': 'it was needed a short while ago',
  'memory-step': 'memory is given back in small steps',
  'cache-needed': 'pages had to be read again when memory was given back',
  'missing-observation': 'something could not be observed, and without that nothing is lowered',
  'resume-boost': 'it was resumed a moment before and got what was likely to be needed',
};

/** A hold may begin with a change, whose reason is told in a row of its own; and how long was left is over. */
function holdReason(kind: string, reason: string): string {
  if (/^(?:up|down) from /.test(reason)) return HELD_SINCE[kind] ?? kind;
  return withoutNumbers(reason).replace(/(?:; it is held)?, for [^,;]+ more$/, '');
}

function pauseReason(
  { fromMs, toMs, wokenBy, wakeMs }: CapacityAnswer['pauses'][number],
  windowEndMs: number,
): string {
  const slept = `asleep for ${formatMs(toMs - fromMs)}`;
  if (wokenBy === null) return toMs >= windowEndMs ? `${slept} up to the end of this time` : slept;
  return `${slept}; woken by ${wokenBy}${wakeMs === null ? '' : ` in ${formatMs(wakeMs)}`}`;
}
