import { isOverloaded, relativeLoad, type FleetRow, type RowState } from './fleet-row.ts';

const RANKS: Readonly<Record<RowState, number>> = {
  failed: 0,
  unreachable: 0,
  connected: 2,
  connecting: 2,
  changing: 2,
  asleep: 3,
  stopped: 4,
  'recorded only': 5,
};
/** Above all others that run, however small they are. */
const OVERLOADED_RANK = 1;

/**
 * Worst first: what does not run though it should, what has more load than processors, the rest by load, the quiet ones
 * last. Figures are compared coarsely, so that rows do not change places with every answer.
 */
export function worstFirst(rows: readonly FleetRow[]): readonly FleetRow[] {
  return rows.toSorted(
    (a, b) =>
      rankOf(a) - rankOf(b) ||
      coarse(relativeLoad(b)) - coarse(relativeLoad(a)) ||
      coarse(b.load?.cpuWaiting ?? null) - coarse(a.load?.cpuWaiting ?? null) ||
      (a.name < b.name ? -1 : 1),
  );
}

/** Those whose name or address holds every word. */
export function searchRows(rows: readonly FleetRow[], search: string): readonly FleetRow[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter(({ name, state, summary }) => {
    const text = `${name} ${state} ${summary?.address ?? ''}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

function rankOf(row: FleetRow): number {
  return isOverloaded(row) ? OVERLOADED_RANK : RANKS[row.state];
}

/** Steps of a quarter of a doubling, from 0.05 up. */
function coarse(value: number | null): number {
  return value === null || value < 0.05 ? 0 : Math.round(Math.log2(value / 0.05) * 4) + 1;
}
