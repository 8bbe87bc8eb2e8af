import type { MeterMoment } from '../../capacity/meter.ts';
import type { HistoryEvent } from '../../history/history.ts';
import type { JournalEntry } from '../../sentinel/protocol.ts';

/** What the sentinel did while no daemon could tell of it, as events of the moment at which it happened. */
export function newsOf(journal: readonly JournalEntry[], since: MeterMoment | null): readonly HistoryEvent[] {
  if (since === null) return [];
  return journal
    .filter(({ bootId, bootMs }) => bootId === since.bootId && bootMs > since.bootMs)
    .flatMap((entry) => eventOf(entry) ?? []);
}

function eventOf({ what, acu, detail, wallMs: atMs }: JournalEntry): HistoryEvent | null {
  const data = { acu, detail, withoutDaemon: true };
  if (what === 'woken') {
    const message = `awake, with ${acu ?? 0} ACU, while no daemon ran (${detail})`;
    return { atMs, kind: 'resumed', severity: 'info', message, data };
  }
  // One that slept on has it only when it wakes, which is told then.
  if (what !== 'lifted' || acu === 0) return null;
  const message = `no daemon follows its load, so it has its maximum of ${acu ?? 0} ACU until there is one`;
  return { atMs, kind: 'limits-lifted', severity: 'warning', message, data };
}
