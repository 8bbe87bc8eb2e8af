import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { advance, newMeter, resumeMeter } from './meter.ts';
import type { InForce, Journalled, MeterMoment, MeterState } from './meter.ts';

const HOUR_MS = 3_600_000;
const START_WALL_MS = Date.UTC(2026, 10, 22, 21, 30);
const FOUR_ACU = { capacityAcu: 4, maxAcu: 16, running: true };

function at(elapsedMs: number, bootId = 'boot'): MeterMoment {
  return { bootId, bootMs: 5000 + elapsedMs, wallMs: START_WALL_MS + elapsedMs };
}

const set = (elapsedMs: number, acu: number | null): Journalled => ({ ...at(elapsedMs), acu });
const run = (moments: readonly InForce[]): MeterState => moments.reduce(advance, newMeter(START_WALL_MS));
/** The daemon was killed after a second at 4 ACU. */
const KILLED = run([
  { ...at(0), ...FOUR_ACU },
  { ...at(1000), ...FOUR_ACU },
]);

function sums({ acuMs, runningMs, fixedMaximumAcuMs }: MeterState): number[] {
  return [acuMs, runningMs, fixedMaximumAcuMs];
}

it('a pause costs nothing, and the maximum that it is compared with goes on', () => {
  const state = run([
    { ...at(0), ...FOUR_ACU },
    { ...at(1000), ...FOUR_ACU, capacityAcu: 0 },
    { ...at(2 * HOUR_MS), ...FOUR_ACU, capacityAcu: 2 },
    { ...at(2 * HOUR_MS + 500), ...FOUR_ACU },
  ]);
  expect(sums(state)).toEqual([4000 + 1000, 2 * HOUR_MS + 500, 16 * (2 * HOUR_MS + 500)]);
  // Hours that it slept through are not there.
  expect(state.hours.map(({ acuMs }) => acuMs)).toEqual([4000, 1000]);
});

describe('a meter that is taken up with a journal', () => {
  it('counts what was in force until the journal says otherwise, and then what it says', () => {
    const journal = [set(3000, 0), set(63_000, 16), set(64_000, 0)];
    const { state, unmetered } = resumeMeter(KILLED, true, at(100_000), journal);
    expect(sums(state)).toEqual([4 * 3000 + 16 * 1000, 100_000, 1_600_000]);
    expect(state.inForce).toEqual({ ...at(100_000), ...FOUR_ACU, capacityAcu: 0 });
    expect(unmetered).toBeNull();
  });

  it('goes on with what was lifted when nobody followed the load', () => {
    const { state } = resumeMeter(KILLED, true, at(10_000), [set(3000, 16)]);
    expect(sums(state)).toEqual([4 * 3000 + 16 * 7000, 10_000, 160_000]);
  });

  it('keeps what is in force where the journal says that nothing was set', () => {
    const { state } = resumeMeter(KILLED, true, at(10_000), [set(3000, 0), set(4000, null), set(6000, 16)]);
    expect(state.acuMs).toBe(4 * 3000 + 16 * 4000);
  });

  it.for([
    { what: 'what it was told already', entry: set(900, 16) },
    { what: 'the moment that it was told last', entry: set(1000.7, 16) },
    { what: 'another boot', entry: { ...at(3000, 'an earlier boot'), acu: 16 } },
    { what: 'the future', entry: set(20_000, 16) },
  ])('has no use for $what', ({ entry }) => {
    expect(resumeMeter(KILLED, true, at(10_000), [entry]).state.acuMs).toBe(40_000);
  });

  it('counts a database that has ended as long as the journal speaks of it, and says from when it does not', () => {
    const { state, unmetered } = resumeMeter(KILLED, false, at(10_000), [set(3000, 16)]);
    expect(sums(state)).toEqual([12_000, 3000, 48_000]);
    expect(unmetered).toEqual({
      reason: 'ended',
      fromWallMs: at(3000).wallMs,
      mostMs: 7000,
      capacityAcu: 16,
    });
  });

  it('does so across a boot', () => {
    const { state, unmetered } = resumeMeter(KILLED, false, at(0, 'next'), [set(3000, 0), set(9000, 16)]);
    expect(sums(state)).toEqual([12_000, 9000, 144_000]);
    expect(unmetered).toMatchObject({ reason: 'rebooted', fromWallMs: at(9000).wallMs, capacityAcu: 16 });
  });

  it('believes the later one of two that were set in the same moment, as the clock tells them', () => {
    const journal = [set(2000, 0), set(3000, 0), set(3000, 8)];
    const { state } = resumeMeter(KILLED, true, at(4000), journal);
    expect(state.acuMs - KILLED.acuMs).toBe(4 * 1000 + 8 * 1000);
  });

  it('has no use for it where nothing was in force', () => {
    const stopped = run([
      { ...at(0), ...FOUR_ACU },
      { ...at(1000), capacityAcu: 0, maxAcu: 16, running: false },
    ]);
    for (const left of [stopped, newMeter(START_WALL_MS)])
      expect(sums(resumeMeter(left, false, at(9000), [set(3000, 16)]).state)).toEqual(sums(left));
  });

  it('counts as if it had been told everything itself', () => {
    const acu = fc.integer({ min: 0, max: 64 }).map((steps) => steps / 2);
    const entry = fc.record({ afterMs: fc.integer({ min: 1, max: HOUR_MS }), acu });
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 20 }), fc.nat(HOUR_MS), (entries, thenMs) => {
        let elapsedMs = 1000;
        const journal = entries.map((one) => set((elapsedMs += one.afterMs), one.acu));
        const back = at(elapsedMs + thenMs);
        const told = journal.map(({ acu: capacityAcu, ...moment }) => ({
          ...moment,
          ...FOUR_ACU,
          capacityAcu: capacityAcu ?? 0,
        }));
        const all = told.reduce(advance, KILLED);
        const expected = advance(all, { ...all.inForce!, ...back });
        expect(resumeMeter(KILLED, true, back, journal).state).toEqual(expected);
      }),
    );
  });
});
