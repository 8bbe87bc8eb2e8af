import { describe, expect, it } from 'vitest';
import type { Bounds, Imperfections, PlannedPolicy, Seen, Trace } from './model.ts';
import { DATABASE, EXACT, fixedAt, GIB, policyOf, Tape, traceOf } from './planner-fixture.ts';
import { airglowPlanned } from './policies/airglow.ts';
import { simulate } from './simulate.ts';

const BOUNDS: Bounds = { minAcu: 0.5, maxAcu: 16, autoPauseMs: null };
const SLEEPY: Bounds = { minAcu: 0, maxAcu: 16, autoPauseMs: 3_000 };

function play(
  trace: Trace,
  policy: PlannedPolicy,
  bounds = BOUNDS,
  imperfections: Imperfections = EXACT,
): Tape {
  const tape = new Tape();
  simulate({ trace, policy, bounds, database: DATABASE, imperfections, seed: 1 }, tape);
  return tape;
}

const repeat = (count: number, value: number): number[] => Array(count).fill(value) as number[];
const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

describe('a run', () => {
  it('tells of every second: demand, capacity, what was short, running and waiting', () => {
    // 0.4 CPU at the objective of 80 % is 2 ACU.
    const { seconds } = play(traceOf(repeat(3, 0.4)), fixedAt(1));
    expect(seconds.map(({ index }) => index)).toEqual([0, 1, 2]);
    for (const second of seconds) {
      expect(second.demandAcu).toBeCloseTo(2, 5);
      expect(second.capacityAcu).toBeCloseTo(1, 9);
      expect(second.shortfallAcuSeconds).toBeCloseTo(1, 5);
      expect(second.running).toBeCloseTo(0.25);
    }
    // 0.15 CPU-seconds a second are left over.
    expect(seconds[2]?.backlogCpuSeconds).toBeCloseTo(0.45, 5);
    expect(seconds[2]?.waiting).toBeGreaterThan(seconds[0]?.waiting ?? Infinity);
  });

  it('shows a policy what it could see, and no more: use ends at the limit, waiting does not', () => {
    const looks: Seen[] = [];
    const policy = policyOf({
      startAcu: 1,
      decide: (seen) => {
        looks.push({ ...seen });
        return 1;
      },
    });
    play(
      traceOf(repeat(2, 0.5), {
        lockSessions: Float32Array.of(7, 7),
        ioSessions: Float32Array.of(2, 2),
        networkBytesPerSecond: Float32Array.of(1000, 1000),
      }),
      policy,
    );
    expect(looks[0]).toMatchObject({
      durationMs: 1000,
      capacityAcu: 1,
      cpuUsed: 0.25,
      lockSessions: 7,
      ioSessions: 2,
      networkBytesPerSecond: 1000,
      isActive: true,
    });
    expect(looks[0]?.cpuWaiting).toBeGreaterThan(20);
    expect(looks[0]?.activeSessions).toBeCloseTo(0.25 + (looks[0]?.cpuWaiting ?? 0) + 9, 6);
  });

  it('puts a decision in force after its delay, within the next second', () => {
    const policy = policyOf({ startAcu: 1, decide: () => 4, actuationMs: 200 });
    const { seconds, changes } = play(traceOf(repeat(3, 0.1)), policy, BOUNDS, {
      ...EXACT,
      controlDelayMs: 50,
    });
    expect(changes).toEqual([{ fromAcu: 1, toAcu: 4, atMs: 1250 }]);
    expect(seconds.map(({ capacityAcu }) => capacityAcu)).toEqual([1, expect.closeTo(3.25, 9), 4]);
  });

  it('takes back a change that is no longer wanted', () => {
    const wishes = [4, 1, 1];
    const policy = policyOf({ startAcu: 1, decide: () => wishes.shift() ?? 1, actuationMs: 1500 });
    expect(play(traceOf(repeat(4, 0.1)), policy).changes).toEqual([]);
  });

  it('lets those who look often raise within the second', () => {
    const raised = policyOf({ startAcu: 1, decide: () => 8, decideFast: () => 8 });
    const { seconds, changes } = play(traceOf(repeat(2, 1)), raised);
    expect(changes[0]?.atMs).toBeCloseTo(50);
    expect(seconds[0]?.shortfallAcuSeconds).toBeCloseTo(0.05 * 4, 4);
  });

  it('counts memory that is missing: pages are read again, and sessions wait for them', () => {
    const looks: Seen[] = [];
    const policy = policyOf({
      startAcu: 2,
      decide: (seen) => {
        looks.push({ ...seen });
        return 2;
      },
    });
    play(traceOf(repeat(200, 0.2), { memoryBytes: new Float32Array(200).fill(8 * GIB) }), policy);
    const last = looks.at(-1);
    expect(last?.cacheBytes).toBeLessThan(4 * GIB);
    expect(last?.refaultBytesPerSecond).toBeGreaterThan(1e6);
    expect(last?.ioSessions).toBeGreaterThan(0.1);
    expect(last?.wantedMemoryBytes).toBeCloseTo(8 * GIB, -6);
  });
});

describe('a pause', () => {
  const sleepy = policyOf({
    startAcu: 2,
    canPause: true,
    decide: (seen, nowMs) => (nowMs >= 3_000 && !seen.isActive ? 0 : 2),
    wakeMs: () => 1_500,
    wake: () => 4,
  });

  it('costs nothing, and who wakes it waits for it and is served after that', () => {
    const { seconds, changes, latencies } = play(
      traceOf([0.1, 0, 0, 0, 0, 0.1, 0.1, 0.1, 0.1]),
      sleepy,
      SLEEPY,
    );
    expect(changes).toEqual([
      { fromAcu: 2, toAcu: 0, atMs: 3_000 },
      { fromAcu: 0, toAcu: 4, atMs: 6_500 },
      { fromAcu: 4, toAcu: 2, atMs: 7_000 },
    ]);
    expect(seconds.slice(3, 5)).toMatchObject([
      { isPaused: true, capacityAcu: 0, demandAcu: 0, shortfallAcuSeconds: 0 },
      { isPaused: true, capacityAcu: 0, demandAcu: 0, shortfallAcuSeconds: 0 },
    ]);
    expect(total(seconds.map(({ coldStartSeconds }) => coldStartSeconds))).toBeCloseTo(1.5);
    expect(Math.max(...latencies.map(({ seconds: took }) => took))).toBeGreaterThan(1.3);
    expect(seconds.at(-1)?.backlogCpuSeconds).toBe(0);
  });

  it('is not disturbed by what a database does by itself', () => {
    const background = DATABASE.idleBelowCpus / 2;
    const { seconds } = play(traceOf(repeat(10, background)), sleepy, SLEEPY);
    expect(seconds.at(-1)?.isPaused).toBe(true);
  });
});

describe('the production policy', () => {
  it('follows a step within a fifth of a second, and falls back when it is over', () => {
    const { seconds, changes } = play(
      traceOf([...repeat(20, 0.05), ...repeat(60, 1), ...repeat(60, 0.05)]),
      airglowPlanned,
    );
    expect(changes[0]?.atMs).toBeLessThan(20_200);
    expect(seconds[40]?.capacityAcu).toBeGreaterThanOrEqual(5);
    expect(seconds.at(-1)?.capacityAcu).toBe(0.5);
    const short = total(seconds.map(({ shortfallAcuSeconds }) => shortfallAcuSeconds));
    expect(short).toBeLessThan(1);
  });

  it('is not moved by locks', () => {
    const locks = new Float32Array(60).fill(150);
    const { changes } = play(traceOf(repeat(60, 0.05), { lockSessions: locks }), airglowPlanned);
    expect(changes).toEqual([]);
  });

  it('pauses an idle database and wakes it in milliseconds', () => {
    const { changes, seconds } = play(
      traceOf([...repeat(5, 0.1), ...repeat(10, 0), ...repeat(5, 0.1)]),
      airglowPlanned,
      SLEEPY,
    );
    expect(changes.find(({ toAcu }) => toAcu === 0)).toMatchObject({ atMs: 8_000 });
    expect(changes.find(({ fromAcu }) => fromAcu === 0)?.atMs).toBeCloseTo(15_010);
    expect(total(seconds.map(({ coldStartSeconds }) => coldStartSeconds))).toBeCloseTo(0.01);
  });

  it.each(['arrivalNoise', 'samplingNoise'] as const)(
    'does the same twice with %s, and not the same as without',
    (noise) => {
      const trace = traceOf(repeat(300, 0.3));
      const rough = { ...EXACT, [noise]: true };
      const seen = (imperfections: Imperfections): number[] => {
        const sums: number[] = [];
        const policy = policyOf({
          decide: (look) => {
            sums.push(look.cpuUsed + look.activeSessions);
            return 2;
          },
        });
        play(trace, policy, BOUNDS, imperfections);
        return sums;
      };
      expect(seen(rough)).toEqual(seen(rough));
      expect(seen(rough)).not.toEqual(seen(EXACT));
      expect(total(seen(rough)) / total(seen(EXACT))).toBeCloseTo(1, 0);
    },
  );
});
