import { expect, it } from 'vitest';
import { sleepingPeriods, spread, throughSleep } from './gauges.ts';
import type { TimelineParts } from './timeline.ts';
import { capacityTimeline } from './timeline.ts';
import { decided, START, stretch } from './timeline-fixture.ts';

const NOTHING = { startsMs: [], periodMs: 60_000, acu: [] };

function timeline(parts: Partial<TimelineParts>) {
  return capacityTimeline({
    window: stretch(0, 240),
    startsMs: [0, 60, 120, 180].map((second) => START + second * 1000),
    periodMs: 60_000,
    decisions: [],
    isCut: false,
    coarse: NOTHING,
    minAcu: [],
    maxAcu: [],
    demand: { cpu: [], memory: [], network: [], connections: [] },
    pauses: [],
    now: { minAcu: 0, maxAcu: 8 },
    ...parts,
  });
}

const EVERY_TEN_SECONDS = Array.from({ length: 12 }, (_, index) => decided(index * 10, 2));

it('adds up what is known: nothing is 0 for not being known', () => {
  const { acu, used, maxAcu, demand } = timeline({
    decisions: EVERY_TEN_SECONDS,
    pauses: [{ ...stretch(90, 150), wokenBy: null, wakeMs: null }],
    maxAcu: [4, 4, null, null],
    demand: { cpu: [1, 1, null, null], memory: [], network: [], connections: [] },
  });
  expect(acu).toEqual([2, 1, 0, null]);
  expect(used.acuHours).toBeCloseTo((2 * 90) / 3600, 9);
  expect(used.knownSeconds).toBe(150);
  expect(used.pausedSeconds).toBe(60);
  expect(maxAcu).toEqual([4, 4, null, null]);
  expect(used.fixedMaximumAcuHours).toBeCloseTo((4 * 120 + 8 * 30) / 3600, 9);
  expect(demand.cpu).toEqual([1, 1, null, null]);
  expect(demand.memory).toEqual([null, null, null, null]);
});

it('takes means where decisions were too many to be read, and decisions since they were read', () => {
  const { acu, used } = timeline({
    isCut: true,
    decisions: EVERY_TEN_SECONDS.map((decision) => ({ ...decision, atMs: decision.atMs + 90_000 })),
    coarse: { startsMs: [START, START + 60_000], periodMs: 60_000, acu: [1, 4] },
  });
  expect(acu).toEqual([1, 3, 2, 2]);
  expect(used.knownSeconds).toBe(230);
});

it('spreads a mean of ten seconds over the periods that it speaks of', () => {
  const figures = Array.from({ length: 40 }, (_, index) => (index === 12 ? 5 : index === 22 ? 7 : null));
  const filled = spread(figures, 1000);
  expect(filled.slice(0, 2)).toEqual([null, null]);
  expect(filled.slice(2, 13)).toEqual(Array.from({ length: 11 }, () => 5));
  expect(filled.slice(13, 23)).toEqual(Array.from({ length: 10 }, () => 7));
  expect(filled.slice(23).every((figure) => figure === null)).toBe(true);
  expect(spread([1, null, 2], 60_000)).toEqual([1, null, 2]);
});

it('keeps what is in force while it sleeps', () => {
  const startsMs = [0, 60, 120, 180].map((second) => START + second * 1000);
  const asleep = sleepingPeriods(startsMs, 60_000, [stretch(50, 70), stretch(110, 190)], stretch(0, 190));
  expect(asleep).toEqual([false, false, true, true]);
  expect(throughSleep([null, 4, null, null], asleep, 9)).toEqual([null, 4, 4, 4]);
  expect(throughSleep([null, 3], [true, false], 9)).toEqual([3, 3]);
  expect(throughSleep([null, null], [true, true], 9)).toEqual([9, 9]);
});
