import { expect, it } from 'vitest';
import type { PauseEvent, PauseSources } from './pauses.ts';
import { pauseSpans } from './pauses.ts';
import { START, stretch } from './timeline-fixture.ts';

const WINDOW = stretch(0, 600);

function event(kind: PauseEvent['kind'], second: number, data: PauseEvent['data'] = {}): PauseEvent {
  return { kind, atMs: START + second * 1000, data };
}

function spans(sources: Partial<PauseSources>) {
  const found = pauseSpans(WINDOW, {
    events: [],
    told: [],
    asleepSinceMs: null,
    nowMs: START + 600_000,
    ...sources,
  });
  return found.map(({ fromMs, toMs, wokenBy, wakeMs }) => [
    (fromMs - START) / 1000,
    (toMs - START) / 1000,
    wokenBy,
    wakeMs,
  ]);
}

const RESUMED = { wokenAtMs: START + 200_000, pausedMs: 150_000, by: 'a query of app@shop', tookMs: 12.5 };

it('takes beginning, end and cause from the event of the wake', () => {
  const events = [event('paused', 51), event('resumed', 201, RESUMED)];
  const told = [stretch(52, 199)];
  expect(spans({ events, told })).toEqual([[50, 200, 'a query of app@shop', 12.5]]);
});

it('clips what reaches beyond the window, whose end may be known from later', () => {
  const late = { wokenAtMs: START + 700_000, pausedMs: 200_000, by: 'a new connection', tookMs: 9 };
  const early = { wokenAtMs: START + 20_000, pausedMs: 100_000, by: null, tookMs: 7 };
  const events = [event('resumed', 21, early), event('paused', 500), event('resumed', 701, late)];
  expect(spans({ events })).toEqual([
    [0, 20, null, 7],
    [500, 600, 'a new connection', 9],
  ]);
});

it('takes the beginning from the event of the pause where the wake had no witness', () => {
  const events = [event('paused', 101, { pausedAtMs: START + 100_000 }), event('resumed', 300, { acu: 2 })];
  expect(spans({ events })).toEqual([[100, 300, null, null]]);
  expect(spans({ events: [event('resumed', 300)] })).toEqual([]);
});

it('lasts until now while it sleeps', () => {
  const asleepSinceMs = START + 400_000;
  expect(spans({ events: [event('paused', 400)], asleepSinceMs, nowMs: START + 450_000 })).toEqual([
    [400, 450, null, null],
  ]);
});

it('believes what was only told where no event says anything', () => {
  const events = [event('paused', 51), event('resumed', 201, RESUMED)];
  expect(spans({ events, told: [stretch(52, 203), stretch(300, 340), stretch(-50, 10)] })).toEqual([
    [0, 10, null, null],
    [50, 200, 'a query of app@shop', 12.5],
    [300, 340, null, null],
  ]);
});
