import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { awakeMinimum, isOnGrid } from '../../capacity/acu.ts';
import type { PlannedPolicy, PolicyContext } from '../model.ts';
import { PLANNED_POLICIES } from './catalog.ts';
import { DATABASE, GIB, playRun, seenOf } from './policy-fixture.ts';
import type { Second } from './policy-fixture.ts';

/** Whose rules count sessions whatever they wait for. */
const COUNT_LOCK_WAITERS = ['aas-target'];
/** Whose rules look at connections, idle ones too. */
const COUNT_CONNECTIONS = ['airglow', 'aurora-v1'];
const CAN_PAUSE = ['airglow', 'aurora-v2', 'aurora-v1', 'neon', 'scaleway'];

const stretch = fc
  .record({
    length: fc.integer({ min: 1, max: 900 }),
    cpus: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 12, noNaN: true })),
    locks: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 50 })),
    ioSessions: fc.integer({ min: 0, max: 5 }),
    connections: fc.integer({ min: 0, max: 6_000 }),
    unevictableBytes: fc.integer({ min: 0, max: 20 * GIB }),
    cacheBytes: fc.integer({ min: 0, max: 20 * GIB }),
    networkBytesPerSecond: fc.integer({ min: 0, max: 1e9 }),
  })
  .map(({ length, ...second }): Second[] =>
    Array.from({ length }, () => ({
      ...second,
      wantedMemoryBytes: second.unevictableBytes + second.cacheBytes,
    })),
  );
const load = fc.array(stretch, { minLength: 1, maxLength: 5 }).map((stretches) => stretches.flat());
const context = fc
  .record({
    min: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 12 })),
    more: fc.integer({ min: 1, max: 80 }),
    autoPauseMs: fc.option(fc.integer({ min: 10_000, max: 600_000 }), { nil: null, freq: 4 }),
    first: fc.double({ min: 0, max: 60, noNaN: true }),
  })
  .map(({ min, more, autoPauseMs, first }): PolicyContext => ({
    bounds: { minAcu: min / 2, maxAcu: (min + more) / 2, autoPauseMs },
    database: DATABASE,
    demandAcu: Float32Array.of(first, first / 2),
  }));

/** Of the path alone: pauses are answered where nothing had happened for long enough. */
function expectIdleBefore(
  path: readonly number[],
  seconds: readonly Second[],
  autoPauseMs: number | null,
): void {
  const isActive = seconds.map((second) => seenOf(second, 1).isActive);
  for (const [index, acu] of path.entries()) {
    if (acu !== 0 || path[index - 1] === 0) continue;
    const idleSeconds = index - isActive.lastIndexOf(true, index);
    expect(idleSeconds * 1000).toBeGreaterThanOrEqual(autoPauseMs ?? Number.POSITIVE_INFINITY);
  }
}

describe.each(PLANNED_POLICIES.map((policy) => ({ name: policy.name, policy })))(
  '$name',
  ({ name, policy }) => {
    it('keeps to its bounds and the grid, whatever comes', () => {
      fc.assert(
        fc.property(context, load, (given, seconds) => {
          const run = policy.start(given);
          const { minAcu, maxAcu, autoPauseMs } = given.bounds;
          expect(run.canPause && !(minAcu === 0 && autoPauseMs !== null)).toBe(false);
          const path = playRun(run, seconds);
          const isAllowed = (acu: number): boolean =>
            (acu === 0 && run.canPause) || (acu >= awakeMinimum(minAcu) && acu <= maxAcu && isOnGrid(acu));
          expect([run.startAcu, ...path].find((acu) => !isAllowed(acu))).toBeUndefined();
          expectIdleBefore(path, seconds, autoPauseMs);
          expect(run.canPause ? run.wakeMs?.(1_000) : 0).toBeGreaterThanOrEqual(0);
        }),
        { numRuns: 20 },
      );
    });

    it('decides the same of the same', () => {
      fc.assert(
        fc.property(context, load, (given, seconds) => {
          const first = playRun(policy.start(given), seconds);
          expect(playRun(policy.start(given), seconds)).toEqual(first);
        }),
        { numRuns: 10 },
      );
    });

    it('pays nothing for waiters for locks, unless its rules count them', () => {
      const differs = fc.check(
        fc.property(context, load, (given, seconds) => lockWaitersChangeNothing(policy, given, seconds)),
        { numRuns: 12 },
      ).failed;
      expect(differs).toBe(COUNT_LOCK_WAITERS.includes(name));
    });
  },
);

describe('the policies', () => {
  const busy: readonly Second[] = Array.from({ length: 600 }, () => ({ cpus: 0.2 }));
  const idle: readonly Second[] = Array.from({ length: 1_000 }, () => ({ cpus: 0 }));
  const pausing: PolicyContext = {
    bounds: { minAcu: 0, maxAcu: 16, autoPauseMs: 400_000 },
    database: DATABASE,
    demandAcu: Float32Array.of(2),
  };

  it('pause where they can, and only those', () => {
    const paused = PLANNED_POLICIES.filter((policy) =>
      playRun(policy.start(pausing), [...busy, ...idle]).includes(0),
    );
    expect(paused.map(({ name }) => name)).toEqual(CAN_PAUSE);
    for (const policy of paused) {
      const path = playRun(policy.start(pausing), [...busy, ...idle]);
      expect(path.indexOf(0) + 1).toBe(600 + 400);
    }
  });

  it('look at connections where their rules say so, and only those', () => {
    const moved = PLANNED_POLICIES.filter((policy) => {
      const crowded = busy.map((second) => ({ ...second, connections: 3_000 }));
      const path = playRun(policy.start(pausing), crowded);
      return playRun(policy.start(pausing), busy).some((acu, index) => acu !== path[index]);
    });
    expect(moved.map(({ name }) => name)).toEqual(COUNT_CONNECTIONS);
  });
});

/** The same load with and without: of a load that is never idle, as a waiter is activity. */
function lockWaitersChangeNothing(
  policy: PlannedPolicy,
  given: PolicyContext,
  seconds: readonly Second[],
): boolean {
  const busy = seconds.map((second) => ({ ...second, cpus: second.cpus + 0.1 }));
  const plain = playRun(
    policy.start(given),
    busy.map((second) => ({ ...second, locks: 0 })),
  );
  const locked = playRun(
    policy.start(given),
    busy.map((second) => ({ ...second, locks: 20 })),
  );
  return plain.every((acu, index) => acu === locked[index]);
}
