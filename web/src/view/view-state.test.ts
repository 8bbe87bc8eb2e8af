import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DIMENSIONS } from '../../../src/load/model.ts';
import {
  COMPARE_OFFSETS,
  DEFAULT_VIEW,
  formatView,
  parseView,
  SEVERITIES,
  toggleFilter,
} from './view-state.ts';
import type { Filter, ViewState } from './view-state.ts';
import type { TimeWindow } from './time-window.ts';

const window: fc.Arbitrary<TimeWindow> = fc.oneof(
  fc.constant<TimeWindow>({ kind: 'all' }),
  fc
    .integer({ min: 1, max: 1_000_000 })
    .map((seconds) => ({ kind: 'live' as const, durationMs: seconds * 1000 })),
  fc
    .tuple(fc.integer({ min: 1e12, max: 2e12 }), fc.integer({ min: 1000, max: 1e10 }))
    .map(([fromMs, durationMs]) => ({ kind: 'fixed' as const, fromMs, toMs: fromMs + durationMs })),
);
const filter: fc.Arbitrary<Filter> = fc.record({
  dimension: fc.constantFrom(...DIMENSIONS),
  value: fc.string({ minLength: 1, maxLength: 60, unit: 'grapheme' }),
});
const view: fc.Arbitrary<ViewState> = fc.record({
  window,
  slice: fc.constantFrom(...DIMENSIONS),
  filters: fc.uniqueArray(filter, {
    maxLength: 5,
    selector: ({ dimension, value }) => `${dimension}:${value}`,
  }),
  top: fc.constantFrom(...DIMENSIONS),
  compare: fc.constantFrom(...COMPARE_OFFSETS),
  search: fc.string({ maxLength: 40, unit: 'grapheme' }),
  severity: fc.constantFrom(...SEVERITIES),
});

describe('the address', () => {
  it('holds all of the view', () => {
    fc.assert(
      fc.property(view, (one) => {
        expect(parseView(formatView(one))).toEqual(one);
      }),
    );
  });

  it('is empty for what a page shows by itself', () => {
    expect(formatView(DEFAULT_VIEW)).toBe('');
    expect(parseView('')).toEqual(DEFAULT_VIEW);
  });

  it('reads as what it says', () => {
    const zoomed: ViewState = {
      ...DEFAULT_VIEW,
      window: { kind: 'fixed', fromMs: 1_795_352_400_000, toMs: 1_795_356_000_000 },
      filters: [{ dimension: 'db.wait_event', value: 'Lock:tuple' }],
      slice: 'db.user',
    };
    expect(formatView(zoomed)).toBe(
      'from=1795352400000&to=1795356000000&slice=db.user&filter=db.wait_event%3ALock%3Atuple',
    );
  });

  it.each([
    'from=yesterday',
    'from=-0m',
    'from=-1h&to=1795352400000',
    'from=1795356000000&to=1795352400000',
    'from=1795356000000',
    'slice=db.nothing',
    'filter=db.user',
    'filter=db.user:',
    'filter=nothing:app',
    'compare=2y',
    'severity=fatal',
    '%E0%A4%A',
  ])('with nonsense in it (%s) shows what is usual', (query) => {
    expect(parseView(query)).toEqual(DEFAULT_VIEW);
  });

  it('never fails, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (query) => {
        expect(parseView(formatView(parseView(query)))).toEqual(parseView(query));
      }),
    );
  });
});

describe('a filter', () => {
  const app: Filter = { dimension: 'db.user', value: 'app' };
  const other: Filter = { dimension: 'db.user', value: 'batch' };

  it('is added by the first click and taken away by the second', () => {
    expect(toggleFilter([other], app)).toEqual([other, app]);
    expect(toggleFilter([other, app], { ...app })).toEqual([other]);
  });
});
