import { describe, expect, it } from 'vitest';
import {
  askedWindow,
  formatDuration,
  narrow,
  parseWindow,
  shift,
  SHORTEST_MS,
  spanOf,
  widen,
  zoomTo,
} from './time-window.ts';

const NOW = 1_795_352_400_000;
const HOUR = 3_600_000;

describe('a window', () => {
  it.each([
    [90_000, '-90s'],
    [300_000, '-5m'],
    [HOUR, '-1h'],
    [7 * 24 * HOUR, '-7d'],
    [25 * HOUR, '-25h'],
    [1_000_001_000, '-1000001s'],
  ])('of %i ms is written %s', (durationMs, text) => {
    expect(formatDuration(durationMs)).toBe(text);
    expect(parseWindow(text, null)).toEqual({ kind: 'live', durationMs });
  });

  it('that is live ends now', () => {
    expect(spanOf({ kind: 'live', durationMs: HOUR }, NOW)).toEqual({ fromMs: NOW - HOUR, toMs: NOW });
  });

  it('of everything reaches back to where the record begins, in whole steps', () => {
    const durationOf = (firstMs: number | null) => askedWindow({ kind: 'all' }, NOW, firstMs);
    expect(durationOf(NOW - 9.2 * HOUR)).toEqual({ kind: 'live', durationMs: 9.333333333333334 * HOUR });
    expect(durationOf(NOW - 50.5 * HOUR)).toEqual({ kind: 'live', durationMs: 51 * HOUR });
    expect(durationOf(null)).toEqual({ kind: 'live', durationMs: 300_000 });
    expect(durationOf(NOW - 1000)).toEqual({ kind: 'live', durationMs: 300_000 });
  });
});

describe('zooming', () => {
  it('takes two moments in any order', () => {
    expect(zoomTo(NOW, NOW - HOUR)).toEqual({ kind: 'fixed', fromMs: NOW - HOUR, toMs: NOW });
  });

  it('never comes closer than a few ticks', () => {
    expect(zoomTo(NOW, NOW + 10)).toEqual({
      kind: 'fixed',
      fromMs: NOW + 5 - SHORTEST_MS / 2,
      toMs: NOW + 5 + SHORTEST_MS / 2,
    });
  });

  it('in takes the middle half', () => {
    expect(narrow({ fromMs: NOW - HOUR, toMs: NOW })).toEqual({
      kind: 'fixed',
      fromMs: NOW - 0.75 * HOUR,
      toMs: NOW - 0.25 * HOUR,
    });
  });

  it('out doubles the stretch, and does not run into the future', () => {
    expect(widen({ fromMs: NOW - 3 * HOUR, toMs: NOW - 2 * HOUR }, NOW)).toEqual({
      kind: 'fixed',
      fromMs: NOW - 3.5 * HOUR,
      toMs: NOW - 1.5 * HOUR,
    });
    expect(widen({ fromMs: NOW - HOUR, toMs: NOW }, NOW)).toEqual({
      kind: 'fixed',
      fromMs: NOW - 2 * HOUR,
      toMs: NOW,
    });
  });
});

describe('moving', () => {
  it('goes half a window back', () => {
    expect(shift({ fromMs: NOW - HOUR, toMs: NOW }, -1, NOW)).toEqual({
      kind: 'fixed',
      fromMs: NOW - 1.5 * HOUR,
      toMs: NOW - 0.5 * HOUR,
    });
  });

  it('forward ends with now', () => {
    expect(shift({ fromMs: NOW - HOUR, toMs: NOW - 1 }, 1, NOW)).toEqual({
      kind: 'fixed',
      fromMs: NOW - HOUR + 1,
      toMs: NOW,
    });
  });
});
