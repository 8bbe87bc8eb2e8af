import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { ObserverMessage } from '../observer.ts';
import { PausedTime } from './paused-time.ts';

const START = Date.UTC(2026, 8, 1, 12);
const monotonic = (): number => Date.now() - START;

beforeEach(() => {
  vi.useFakeTimers({ now: START });
});

afterEach(() => {
  vi.useRealTimers();
});

function pausedTime() {
  const said: ObserverMessage[] = [];
  const time = new PausedTime({
    intervalMs: 1_000,
    emit: (message) => said.push(message),
    now: () => ({ wallMs: Date.now(), monotonicMs: monotonic() }),
  });
  const ticks = (kind: 'live' | 'settled') =>
    said.flatMap((message) => (message.kind === kind ? [message.tick] : []));
  return { time, ticks };
}

it('says at once that a pause has begun, and then once a minute what has passed', () => {
  const { time, ticks } = pausedTime();
  time.begin(-4, 'kernel');
  expect(ticks('live').map(({ state, durationMs }) => [state, durationMs])).toEqual([['paused', 4]]);
  expect(ticks('settled')).toEqual(ticks('live'));
  vi.advanceTimersByTime(59_999);
  expect(ticks('settled').length).toBe(1);
  vi.advanceTimersByTime(1);
  expect(ticks('settled').length).toBe(61);
  vi.advanceTimersByTime(120_000);
  expect(ticks('settled').length).toBe(181);
  expect(ticks('live').length).toBe(1);
  time.end();
});

it('tells the rest when the pause ends, and then no more', () => {
  const { time, ticks } = pausedTime();
  time.begin(0, 'session');
  vi.advanceTimersByTime(61_500);
  time.end();
  const coveredMs = ticks('settled').reduce((sum, { durationMs }) => sum + durationMs, 0);
  // The first tick has to last for something.
  expect(coveredMs).toBe(61_501);
  expect(ticks('settled').at(-1)).toMatchObject({ atMs: START + 61_500, durationMs: 500, source: 'session' });
  time.end();
  vi.advanceTimersByTime(300_000);
  expect(vi.getTimerCount()).toBe(0);
  expect(ticks('settled').length).toBe(63);
});
