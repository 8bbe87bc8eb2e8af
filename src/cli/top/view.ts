import type { Dimension } from '../../load/model.ts';
import type { Filter } from '../breakdown.ts';

/** `capacity` is for databases of ours only: why they have the capacity that they have. */
export type Panel = 'top' | 'sessions' | 'blockers' | 'capacity';

/** What the person at the keyboard has chosen. */
export interface View {
  readonly dimension: Dimension;
  /** The chart's layers: wait events, or the values of the dimension that the table shows. */
  readonly chartBy: 'waits' | 'dimension';
  /** Null grows with what is recorded, up to five minutes. */
  readonly windowMs: number | null;
  readonly panel: Panel;
  readonly paused: boolean;
  readonly help: boolean;
  readonly selected: number;
  readonly filters: readonly Filter[];
}

export const WINDOWS_MS: readonly number[] = [
  60_000, 120_000, 180_000, 300_000, 600_000, 1_800_000, 3_600_000,
];

const MAX_GROWN_WINDOW_MS = 300_000;

/** The window to show: the chosen one, else the shortest that holds what is recorded, up to `mostMs`. */
export function windowOf(view: View, recordedMs: number, mostMs = MAX_GROWN_WINDOW_MS): number {
  if (view.windowMs !== null) return view.windowMs;
  return WINDOWS_MS.find((windowMs) => windowMs >= Math.min(recordedMs, mostMs)) ?? mostMs;
}

/** What the keys act on: the values in the table in its order, and the window shown. */
export interface Shown {
  readonly rowKeys: readonly string[];
  readonly windowMs: number;
  /** Whether it is a database of ours, whose capacity is shown. */
  readonly isManaged?: boolean;
}

export const INITIAL_VIEW: View = {
  dimension: 'db.sql_tokenized',
  chartBy: 'waits',
  windowMs: null,
  panel: 'top',
  paused: false,
  help: false,
  selected: 0,
  filters: [],
};

/** How the view of a database of ours begins. */
export const MANAGED_VIEW: View = { ...INITIAL_VIEW, panel: 'capacity' };

/** Digit keys and what they slice by. */
export const DIMENSION_KEYS: ReadonlyMap<string, Dimension> = new Map([
  ['1', 'db.sql_tokenized'],
  ['2', 'db.wait_event'],
  ['3', 'db.user'],
  ['4', 'db.host'],
  ['5', 'db.name'],
  ['6', 'db.application'],
  ['7', 'db.session_type'],
  ['8', 'db.blocking_session'],
  ['9', 'db.blocking_sql'],
]);

/** The view after a key. Unknown keys change nothing. */
export function press(view: View, key: string, { rowKeys, windowMs, isManaged }: Shown): View {
  const dimension = DIMENSION_KEYS.get(key);
  if (dimension !== undefined) return { ...view, dimension, panel: 'top', selected: 0, help: false };
  switch (key) {
    case '?':
    case 'h':
      return { ...view, help: !view.help };
    case 's':
      return togglePanel(view, 'sessions');
    case 'b':
      return togglePanel(view, 'blockers');
    case 'd':
      return isManaged === true ? togglePanel(view, 'capacity') : view;
    case 'c':
      return { ...view, chartBy: view.chartBy === 'waits' ? 'dimension' : 'waits' };
    case 'p':
    case ' ':
      return { ...view, paused: !view.paused };
    case '+':
    case '=':
      return { ...view, windowMs: stepWindow(windowMs, 1) };
    case '-':
      return { ...view, windowMs: stepWindow(windowMs, -1) };
    case 'up':
    case 'k':
      return { ...view, selected: Math.max(0, view.selected - 1) };
    case 'down':
    case 'j':
      return { ...view, selected: Math.max(0, Math.min(view.selected + 1, rowKeys.length - 1)) };
    case 'enter':
      return drillDown(view, rowKeys[view.selected]);
    case 'escape':
    case 'backspace':
      return view.help
        ? { ...view, help: false }
        : { ...view, panel: 'top', filters: view.filters.slice(0, -1) };
    default:
      return view;
  }
}

function togglePanel(view: View, panel: Panel): View {
  return { ...view, panel: view.panel === panel ? 'top' : panel, help: false };
}

function stepWindow(windowMs: number, step: 1 | -1): number {
  const index = WINDOWS_MS.indexOf(windowMs) + step;
  return WINDOWS_MS[Math.max(0, Math.min(index, WINDOWS_MS.length - 1))] ?? windowMs;
}

/** Enter keeps only the chosen row's load, and shows what it is made of. */
function drillDown(view: View, key: string | undefined): View {
  if (key === undefined || view.panel === 'sessions' || view.panel === 'blockers') return view;
  const others = view.filters.filter((filter) => filter.dimension !== view.dimension);
  const filters = [...others, { dimension: view.dimension, key }];
  const dimension = view.dimension === 'db.sql_tokenized' ? 'db.wait_event' : 'db.sql_tokenized';
  return { ...view, filters, dimension, selected: 0 };
}
