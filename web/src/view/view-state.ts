import { DIMENSIONS, type Dimension } from '../../../src/load/model.ts';
import { DEFAULT_WINDOW, parseWindow, windowWords, type TimeWindow } from './time-window.ts';

/** Everything that decides what a page shows, so that an address is all one needs to pass on. */
export interface ViewState {
  readonly window: TimeWindow;
  /** What the load is sliced by. */
  readonly slice: Dimension;
  /** Values of a dimension are OR-ed, dimensions AND-ed. */
  readonly filters: readonly Filter[];
  /** What the table below lists. */
  readonly top: Dimension;
  /** How much earlier the other window of a comparison is. */
  readonly compare: CompareOffset;
  /** What to find in a list. */
  readonly search: string;
  readonly severity: Severity;
}

export interface Filter {
  readonly dimension: Dimension;
  readonly value: string;
}

/** The stretch before, or the same time so much earlier. */
export const COMPARE_OFFSETS = ['before', '1h', '1d', '7d'] as const;
export type CompareOffset = (typeof COMPARE_OFFSETS)[number];

export const SEVERITIES = ['any', 'info', 'warning', 'error'] as const;
export type Severity = (typeof SEVERITIES)[number];

export const DEFAULT_VIEW: ViewState = {
  window: DEFAULT_WINDOW,
  slice: 'db.wait_event',
  filters: [],
  top: 'db.sql_tokenized',
  compare: 'before',
  search: '',
  severity: 'any',
};

/** Names of the query string, in the order in which they are written. */
const NAMES = ['from', 'to', 'slice', 'filter', 'top', 'compare', 'search', 'severity'] as const;

const MOST_FILTERS = 20;
const MOST_CHARACTERS = 512;

/** What an address says; whatever it says wrongly is as if it said nothing. */
export function parseView(query: string): ViewState {
  const words = new URLSearchParams(query);
  const filters = words.getAll('filter').flatMap(parseFilter);
  return {
    window: parseWindow(words.get('from'), words.get('to')) ?? DEFAULT_VIEW.window,
    slice: oneOf(DIMENSIONS, words.get('slice'), DEFAULT_VIEW.slice),
    filters: withoutDoubles(filters).slice(0, MOST_FILTERS),
    top: oneOf(DIMENSIONS, words.get('top'), DEFAULT_VIEW.top),
    compare: oneOf(COMPARE_OFFSETS, words.get('compare'), DEFAULT_VIEW.compare),
    search: (words.get('search') ?? '').slice(0, MOST_CHARACTERS),
    severity: oneOf(SEVERITIES, words.get('severity'), DEFAULT_VIEW.severity),
  };
}

/** The query string without its question mark; what is as usual is left out. */
export function formatView(view: ViewState): string {
  const words = new URLSearchParams();
  const { from, to } = windowWords(view.window);
  const usual = windowWords(DEFAULT_VIEW.window);
  const single: Readonly<Record<string, string | null>> = {
    from: from === usual.from && to === usual.to ? null : from,
    to,
    slice: unlessUsual(view.slice, DEFAULT_VIEW.slice),
    top: unlessUsual(view.top, DEFAULT_VIEW.top),
    compare: unlessUsual(view.compare, DEFAULT_VIEW.compare),
    search: unlessUsual(view.search, ''),
    severity: unlessUsual(view.severity, DEFAULT_VIEW.severity),
  };
  for (const name of NAMES) {
    if (name === 'filter') {
      for (const { dimension, value } of view.filters) words.append('filter', `${dimension}:${value}`);
    } else {
      const value = single[name] ?? null;
      if (value !== null) words.set(name, value);
    }
  }
  return words.toString();
}

/** With the filter if it was not there, else without it. */
export function toggleFilter(filters: readonly Filter[], filter: Filter): readonly Filter[] {
  const rest = filters.filter((one) => !isSame(one, filter));
  return rest.length < filters.length ? rest : [...filters, filter].slice(-MOST_FILTERS);
}

export function hasFilter(filters: readonly Filter[], filter: Filter): boolean {
  return filters.some((one) => isSame(one, filter));
}

function parseFilter(text: string): Filter[] {
  // Values have colons of their own; dimensions have none.
  const colon = text.indexOf(':');
  const dimension = DIMENSIONS.find((name) => name === text.slice(0, Math.max(0, colon)));
  const value = text.slice(colon + 1);
  return dimension === undefined || value === '' || value.length > MOST_CHARACTERS
    ? []
    : [{ dimension, value }];
}

function withoutDoubles(filters: readonly Filter[]): readonly Filter[] {
  return filters.filter((filter, index) => filters.findIndex((other) => isSame(other, filter)) === index);
}

function isSame(one: Filter, other: Filter): boolean {
  return one.dimension === other.dimension && one.value === other.value;
}

function oneOf<Value extends string>(known: readonly Value[], word: string | null, usual: Value): Value {
  return known.find((value) => value === word) ?? usual;
}

function unlessUsual(value: string, usual: string): string | null {
  return value === usual ? null : value;
}
