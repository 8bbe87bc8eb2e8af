import { expect, it } from 'vitest';
import { pausedTicks } from './paused-ticks.ts';

const WALL = Date.UTC(2026, 8, 1, 12);
const told = { wallMs: WALL, monotonicMs: 5_000 };
const later = (wallMs: number, monotonicMs: number) => ({
  wallMs: told.wallMs + wallMs,
  monotonicMs: told.monotonicMs + monotonicMs,
});
const span = { told, intervalMs: 1_000, source: 'kernel', isLast: false } as const;

it('tells whole intervals, one after another, and keeps the rest for the next time', () => {
  const first = pausedTicks({ ...span, now: later(60_300, 60_300) });
  expect(first.ticks.length).toBe(60);
  expect(first.ticks.map(({ atMs }) => atMs - WALL)).toEqual(
    Array.from({ length: 60 }, (_, i) => (i + 1) * 1_000),
  );
  expect(first.ticks.every(({ durationMs, state }) => durationMs === 1_000 && state === 'paused')).toBe(true);
  const second = pausedTicks({ ...span, told: first.told, now: later(62_000, 62_000) });
  expect(second.ticks.map(({ atMs }) => atMs - WALL)).toEqual([61_000, 62_000]);
});

it('tells the last part of an interval when the pause is over', () => {
  const { ticks } = pausedTicks({ ...span, now: later(2_400, 2_400), isLast: true });
  expect(ticks.map(({ atMs, durationMs }) => [atMs - WALL, durationMs])).toEqual([
    [1_000, 1_000],
    [2_000, 1_000],
    [2_400, 400],
  ]);
});

it('takes durations from the clock that nobody sets', () => {
  const hourMs = 3_600_000;
  for (const steppedMs of [hourMs, -hourMs]) {
    const { ticks, told: next } = pausedTicks({
      ...span,
      now: later(3_000 + steppedMs, 3_000),
      isLast: true,
    });
    expect(ticks.map(({ durationMs }) => durationMs)).toEqual([1_000, 1_000, 1_000]);
    expect(ticks.at(-1)?.atMs).toBe(WALL + 3_000 + steppedMs);
    expect(next).toEqual(later(3_000 + steppedMs, 3_000));
  }
});

it('tells no time twice where the clock lags a little', () => {
  const { ticks } = pausedTicks({ ...span, now: later(1_990, 2_000), isLast: true });
  const startMs = (ticks[0]?.atMs ?? 0) - (ticks[0]?.durationMs ?? 0);
  expect(startMs).toBeGreaterThanOrEqual(WALL);
  expect(ticks.at(-1)?.atMs).toBe(WALL + 1_990);
});

it('tells nothing where nothing has passed', () => {
  expect(pausedTicks({ ...span, now: told, isLast: true }).ticks).toEqual([]);
  expect(pausedTicks({ ...span, now: later(5, -5), isLast: true }).ticks).toEqual([]);
});
