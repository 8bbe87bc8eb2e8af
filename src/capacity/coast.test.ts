import fc from 'fast-check';
import { expect, it } from 'vitest';
import { roundUpToGrid, takes } from './acu.ts';
import { CoastingDecisions } from './coast.ts';
import { decide, startCapacity } from './decide.ts';
import { ALONE, CONFIG, GIB, SLEEPY } from './decide-fixture.ts';
import type { Observation } from './model.ts';
import { RULES } from './rules.ts';

/** Mostly calm: CPU wanders, and now and then something else happens. */
const look = fc.record({
  cpus: fc.oneof(
    { weight: 6, arbitrary: fc.double({ min: 0.3, max: 0.5, noNaN: true }) },
    { weight: 2, arbitrary: fc.double({ min: 0, max: 3, noNaN: true }) },
    { weight: 1, arbitrary: fc.constant(0) },
  ),
  waiting: fc.oneof(
    { weight: 5, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.double({ min: 0, max: 20, noNaN: true }) },
  ),
  kind: fc.oneof(
    { weight: 9, arbitrary: fc.constant('full' as const) },
    { weight: 1, arbitrary: fc.constant('fast' as const) },
  ),
  cacheBytes: fc.oneof(
    { weight: 9, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.constant(3 * GIB) },
  ),
  unevictableBytes: fc.oneof(
    { weight: 9, arbitrary: fc.constant(0.2 * GIB) },
    { weight: 1, arbitrary: fc.constant(5 * GIB) },
  ),
  networkBytesPerSecond: fc.oneof(
    { weight: 9, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.constant(9e7) },
  ),
  connections: fc.oneof(
    { weight: 9, arbitrary: fc.constant(20) },
    { weight: 1, arbitrary: fc.constant(900) },
  ),
  isBlind: fc.oneof(
    { weight: 19, arbitrary: fc.constant(false) },
    { weight: 1, arbitrary: fc.constant(true) },
  ),
  shareAcu: fc.oneof(
    { weight: 19, arbitrary: fc.constant(Infinity) },
    { weight: 1, arbitrary: fc.constant(2) },
  ),
  repeat: fc.integer({ min: 1, max: 12 }),
});

type Look = typeof look extends fc.Arbitrary<infer T> ? T : never;

function observe(one: Look, capacityAcu: number): Observation {
  const isFull = one.kind === 'full';
  const limit = capacityAcu * CONFIG.shape.cpus;
  const used = Math.min(one.cpus, limit);
  const waiting = one.waiting + Math.max(0, one.cpus - limit) * 10;
  return {
    kind: one.kind,
    durationMs: isFull ? 1000 : 50,
    cpu: one.isBlind ? null : { used, waiting, throttled: waiting > 0 ? Math.min(waiting, 2) : 0 },
    memory: {
      unevictableBytes: one.unevictableBytes,
      cacheBytes: one.cacheBytes,
      limitBytes: capacityAcu * CONFIG.shape.memoryBytes,
      refaultBytesPerSecond: 0,
      tierReadBytesPerSecond: 0,
    },
    waits: isFull ? { io: 0, tier: 0, other: 3 } : null,
    networkBytesPerSecond: isFull ? one.networkBytesPerSecond : null,
    connections: isFull ? one.connections : null,
    activity: isFull ? { isActive: one.cpus > 0, by: null, blockers: [] } : null,
    grant: { ...ALONE, shareAcu: one.shareAcu },
  };
}

it.each([
  { name: 'never pauses', config: { ...CONFIG, maxAcu: 16 } },
  { name: 'may pause', config: SLEEPY },
])('goes the same way as decide() look by look, where it $name', ({ config }) => {
  fc.assert(
    fc.property(fc.array(look, { maxLength: 60 }), (looks) => {
      let state = startCapacity(config, 2, 0);
      const coasting = new CoastingDecisions(RULES, state);
      let now = 0;
      for (const one of looks.flatMap((each) => Array<Look>(each.repeat).fill(each))) {
        now += one.kind === 'full' ? 1000 : 50;
        const seen = observe(one, state.capacityAcu);
        const outcome = decide(state, seen, now);
        state = outcome.state;
        expect(coasting.decide(seen, now)).toBe(outcome.decision.toAcu);
      }
      expect(coasting.state.capacityAcu).toBe(state.capacityAcu);
      expect(coasting.state.memory).toEqual(state.memory);
      expect(coasting.state.pause).toEqual(state.pause);
    }),
    { numRuns: 400 },
  );
});

it('knows what a demand takes, as rounding up does', () => {
  const acu = fc.integer({ min: 0, max: 512 }).map((steps) => steps / 2);
  fc.assert(
    fc.property(fc.double({ min: 0, max: 256, noNaN: true }), acu, (demandAcu, capacityAcu) => {
      expect(takes(demandAcu, capacityAcu)).toBe(roundUpToGrid(demandAcu) >= capacityAcu);
    }),
    { numRuns: 2000 },
  );
  expect(takes(1.5 + 1e-12, 2)).toBe(false);
});
