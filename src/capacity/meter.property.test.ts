import fc from 'fast-check';
import { expect, it } from 'vitest';
import { advance, MOST_HOURS, newMeter, readMeter, resumeMeter } from './meter.ts';
import type { InForce, MeterMoment, MeterState } from './meter.ts';

const HOUR_MS = 3_600_000;
const START_WALL_MS = Date.UTC(2026, 10, 22, 21, 30);

const acu = fc.integer({ min: 0, max: 512 }).map((steps) => steps / 2);
const metered = fc.record({ capacityAcu: acu, maxAcu: acu, running: fc.boolean() });
/** What was told, each after the milliseconds since the one before. */
const story = fc.array(fc.record({ afterMs: fc.integer({ min: 0, max: 3 * HOUR_MS }), metered }), {
  minLength: 1,
  maxLength: 30,
});
type Story = typeof story extends fc.Arbitrary<infer T> ? T : never;

function momentAt(elapsedMs: number, wallStepMs = 0): MeterMoment {
  return { bootId: 'boot', bootMs: 5000 + elapsedMs, wallMs: START_WALL_MS + elapsedMs + wallStepMs };
}

function timeline(told: Story, wallStepMs: (index: number) => number = () => 0): InForce[] {
  let elapsedMs = 0;
  return told.map(({ afterMs, metered: what }, index) => {
    elapsedMs += afterMs;
    return { ...momentAt(elapsedMs, wallStepMs(index)), ...what };
  });
}

function run(moments: readonly InForce[], state = newMeter(START_WALL_MS)): MeterState {
  return moments.reduce(advance, state);
}

function sums({ acuMs, runningMs, fixedMaximumAcuMs }: MeterState): number[] {
  return [acuMs, runningMs, fixedMaximumAcuMs];
}

/** The integral, by the book. */
function integral(moments: readonly InForce[]): number[] {
  const total = [0, 0, 0];
  for (const [index, { running, capacityAcu, maxAcu, bootMs }] of moments.entries()) {
    const ms = running ? (moments[index + 1]?.bootMs ?? bootMs) - bootMs : 0;
    for (const [which, rate] of [capacityAcu, 1, maxAcu].entries()) total[which]! += rate * ms;
  }
  return total;
}

it('is the integral of what was in force, exactly', () => {
  fc.assert(
    fc.property(story, (told) => {
      const moments = timeline(told);
      expect(sums(run(moments))).toEqual(integral(moments));
    }),
  );
});

it('is the same however often it was told what holds already', () => {
  const cuts = fc.array(fc.nat(1_000_000), { maxLength: 20 });
  fc.assert(
    fc.property(story, cuts, (told, fractions) => {
      const moments = timeline(told);
      const first = moments[0]!.bootMs;
      const span = moments.at(-1)!.bootMs - first;
      const repeated = fractions.flatMap((fraction): InForce[] => {
        const bootMs = first + Math.floor((fraction / 1_000_000) * span);
        const holding = moments.findLast((moment) => moment.bootMs <= bootMs);
        return holding === undefined ? [] : [{ ...holding, ...momentAt(bootMs - 5000) }];
      });
      // Those told stand first among the same moment's, as sorting keeps the order; the last of them holds.
      const all = [...moments, ...repeated].sort((a, b) => a.bootMs - b.bootMs);
      expect(run(all)).toEqual(run(moments));
    }),
  );
});

it('is not moved by what is done to the wall clock, and its hours add up to the same', () => {
  const steps = fc.array(fc.integer({ min: -24 * HOUR_MS, max: 24 * HOUR_MS }), {
    minLength: 30,
    maxLength: 30,
  });
  fc.assert(
    fc.property(story, steps, (told, wallSteps) => {
      const stepped = run(timeline(told, (index) => wallSteps[index] ?? 0));
      expect(sums(stepped)).toEqual(sums(run(timeline(told))));
      expect(stepped.hours.reduce((sum, { acuMs }) => sum + acuMs, 0)).toBe(stepped.acuMs);
      const hours = stepped.hours.map(({ hourMs }) => hourMs);
      expect(hours).toEqual([...new Set(hours)].sort((a, b) => a - b));
      expect(hours.every((hourMs) => hourMs % HOUR_MS === 0)).toBe(true);
    }),
  );
});

it.for([-HOUR_MS, HOUR_MS])('a clock set by an hour (%i ms) changes no sum', (stepMs) => {
  const what = { capacityAcu: 4, maxAcu: 16, running: true };
  const state = run([
    { ...momentAt(0), ...what },
    { ...momentAt(1000, stepMs), ...what },
    { ...momentAt(2000, stepMs), ...what },
  ]);
  expect(sums(state)).toEqual([8000, 2000, 32_000]);
});

/** What is on disk when the process is killed is the state at one of these moments. */
const killed = fc
  .record({ told: story, at: fc.integer({ min: 0, max: 999 }), downMs: fc.nat(HOUR_MS) })
  .map(({ told, at, downMs }) => {
    const moments = timeline(told);
    const written = run(moments.slice(0, Math.floor((at / 1000) * moments.length) + 1));
    const last = written.inForce!;
    return { written, last, back: momentAt(last.bootMs - 5000 + downMs) };
  });

it('killed at any moment it has lost nothing, if the database lives', () => {
  fc.assert(
    fc.property(killed, ({ written, last, back }) => {
      const { state, unmetered } = resumeMeter(written, true, back);
      expect(sums(state)).toEqual(sums(run([{ ...last, ...back }], written)));
      expect(unmetered === null).toBe(last.running);
    }),
  );
});

it('killed with the database it has lost what came after the last write, and never in silence', () => {
  fc.assert(
    fc.property(killed, ({ written, last, back }) => {
      const { state, unmetered } = resumeMeter(written, false, back);
      expect(sums(state)).toEqual(sums(written));
      expect(state.inForce).toBeNull();
      expect(unmetered === null).toBe(!last.running);
    }),
  );
});

it('counts on from there, whatever it was', () => {
  fc.assert(
    fc.property(killed, fc.boolean(), metered, ({ written, back }, isAlive, what) => {
      const on = run([{ ...back, ...what }], resumeMeter(written, isAlive, back).state);
      const later = advance(on, { ...back, ...what, bootMs: back.bootMs + 100, wallMs: back.wallMs + 100 });
      expect(later.runningMs - on.runningMs).toBe(what.running ? 100 : 0);
      expect(later.acuMs - on.acuMs).toBe(what.running ? what.capacityAcu * 100 : 0);
    }),
  );
});

it('does not count across a boot, and says so', () => {
  const what = { capacityAcu: 4, maxAcu: 16, running: true };
  const before = run([
    { ...momentAt(0), ...what },
    { ...momentAt(1000), ...what },
  ]);
  const back = { bootId: 'another boot', bootMs: 7_000_000, wallMs: START_WALL_MS + 60_000 };
  const { state, unmetered } = resumeMeter(before, true, back);
  expect(sums(state)).toEqual(sums(before));
  expect(unmetered).toEqual({
    reason: 'rebooted',
    fromWallMs: before.inForce!.wallMs,
    mostMs: null,
    capacityAcu: 4,
  });
  expect(sums(advance(before, { ...back, ...what }))).toEqual(sums(before));
});

it('neither takes back nor counts twice, should its clock go back', () => {
  const what = { capacityAcu: 1, maxAcu: 1, running: true };
  const moments = [1000, 1050, 200, 900, 1100].map((bootMs) => ({
    ...{ bootId: 'boot', bootMs, wallMs: bootMs },
    ...what,
  }));
  const sumsSoFar = moments.map((_, index) => run(moments.slice(0, index + 1)).acuMs);
  expect(sumsSoFar).toEqual([0, 50, 50, 50, 100]);
});

it('keeps so many hours and no more, the newest ones', () => {
  const what = { capacityAcu: 0.5, maxAcu: 1, running: true };
  const years = 1000 * 24 * HOUR_MS;
  const state = run([
    { ...momentAt(0), ...what },
    { ...momentAt(years), ...what },
  ]);
  expect(state.hours).toHaveLength(MOST_HOURS);
  expect(state.hours.at(-1)!.hourMs + HOUR_MS).toBeGreaterThan(momentAt(years).wallMs);
  expect(state.acuMs).toBe(years / 2);
});

it('is read as of now without being told anything', () => {
  const state = run([{ ...momentAt(0), capacityAcu: 2, maxAcu: 8, running: true }]);
  expect(readMeter(state, momentAt(1500))).toMatchObject({
    acuMs: 3000,
    runningMs: 1500,
    fixedMaximumAcuMs: 12_000,
  });
  expect(readMeter(newMeter(1), momentAt(1500))).toMatchObject({ acuMs: 0, sinceMs: 1 });
});
