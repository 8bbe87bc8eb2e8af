import { OTHER } from '../../history/history.ts';
import type { Activity, Dimension, LoadTick } from '../../load/model.ts';

/** PostgreSQL's types of wait, and `CPU`. A closed list, so that whatever a server reports, metrics stay few. */
const WAIT_TYPES: ReadonlySet<string> = new Set([
  'CPU',
  'Activity',
  'Buffer',
  'BufferPin',
  'Client',
  'Extension',
  'IO',
  'IPC',
  'Lock',
  'LWLock',
  'Timeout',
]);

/** `IO` for `IO:DataFileRead`; `Other` for a type that PostgreSQL is not known to have. */
export function waitTypeOf(waitEvent: string): string {
  const [type = ''] = waitEvent.split(':', 1);
  return WAIT_TYPES.has(type) ? type : 'Other';
}

/** Average active sessions of one tick. */
export function tickLoad(tick: LoadTick, activity: Activity): number {
  const weightMs = tick.samples.reduce(
    (total, sample) => (sample.activity === activity ? total + sample.weightMs : total),
    0,
  );
  return weightMs / tick.durationMs;
}

/** The load of one tick by the values of a dimension, most loaded first; what `limit` leaves out is summed up. */
export function groupTick(
  tick: LoadTick,
  dimension: Dimension,
  limit: number,
): { key: string; aas: number }[] {
  const weights = new Map<string, number>();
  for (const { activity, tuple, weightMs } of tick.samples) {
    if (activity !== 'active') continue;
    const key = tuple[dimension];
    weights.set(key, (weights.get(key) ?? 0) + weightMs);
  }
  const rows = [...weights].map(([key, weightMs]) => ({ key, aas: weightMs / tick.durationMs }));
  rows.sort((a, b) => b.aas - a.aas);
  if (rows.length <= limit) return rows;
  const otherAas = rows.slice(limit).reduce((total, row) => total + row.aas, 0);
  return [...rows.slice(0, limit), { key: OTHER, aas: otherAas }];
}
