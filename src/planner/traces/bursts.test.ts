import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Trace } from '../model.ts';
import { BURSTS, CALM_BURSTS, ROUGH_BURSTS } from './burst-weights.ts';
import { toSeconds } from './bursts.ts';

function traceOf(cpu: readonly number[], stepSeconds: number, rest: Partial<Trace> = {}): Trace {
  return {
    name: 'load',
    startMs: 5000,
    stepSeconds,
    length: cpu.length,
    cpuCores: Float32Array.from(cpu),
    ioSessions: null,
    lockSessions: null,
    memoryBytes: null,
    networkBytesPerSecond: null,
    notes: ['as it came'],
    ...rest,
  };
}

function meanOf(values: Float32Array, from: number, to: number): number {
  return values.subarray(from, to).reduce((sum, value) => sum + value, 0) / (to - from);
}

function variationOf(values: Float32Array): number {
  const mean = meanOf(values, 0, values.length);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / values.length) / mean;
}

describe('a trace of seconds', () => {
  it('is one already where steps are seconds', () => {
    const trace = traceOf([1, 2], 1);
    expect(toSeconds(trace, { bursts: true, seed: 1 })).toBe(trace);
  });

  it('holds steps where no bursts are wanted', () => {
    const memoryBytes = Float32Array.of(10, 20);
    const seconds = toSeconds(traceOf([1, 2], 3, { memoryBytes }), { bursts: false, seed: 1 });
    expect(seconds).toMatchObject({ length: 6, stepSeconds: 1, startMs: 5000, lockSessions: null });
    expect([...seconds.cpuCores]).toEqual([1, 1, 1, 2, 2, 2]);
    expect([...seconds.memoryBytes!]).toEqual([10, 10, 10, 20, 20, 20]);
    expect(seconds.notes[0]).toBe('as it came');
    expect(seconds.notes[1]).toContain('steady');
  });

  it('averages steps below a second', () => {
    expect([...toSeconds(traceOf([1, 3, 5, 7], 0.5), { bursts: true, seed: 1 }).cpuCores]).toEqual([2, 6]);
    expect([...toSeconds(traceOf([1, 3, 5], 0.5), { bursts: true, seed: 1 }).cpuCores]).toEqual([2, 5]);
  });

  it('shares seconds among steps of no whole number of them', () => {
    expect([...toSeconds(traceOf([2, 4], 1.5), { bursts: false, seed: 1 }).cpuCores]).toEqual([2, 3, 4]);
    expect([...toSeconds(traceOf([2], 2.5), { bursts: false, seed: 1 }).cpuCores]).toEqual([2, 2, 2]);
  });

  it('is refused where it would be too long', () => {
    const decade = traceOf([1, 1], 3.2e8);
    expect(() => toSeconds(decade, { bursts: false, seed: 1 })).toThrow('cut a part of it out');
  });
});

describe('bursts', () => {
  const steady = traceOf(
    Array.from({ length: 1000 }, () => 2),
    300,
  );

  it('keep the mean of every step, of CPU and network, and hold all else', () => {
    const values = fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 20 });
    const step = fc.integer({ min: 2, max: 400 });
    fc.assert(
      fc.property(
        values,
        step,
        fc.integer(),
        fc.option(fc.integer({ min: 1, max: 800 })),
        (cpu, length, seed, ceiling) => {
          const networkBytesPerSecond = Float32Array.from(cpu, (value) => value * 1e6 + 1);
          const lockSessions = Float32Array.from(cpu);
          const trace = traceOf(cpu, length, { networkBytesPerSecond, lockSessions });
          const seconds = toSeconds(trace, { bursts: true, seed, cpuCeilingCores: ceiling });
          expect(seconds.length).toBe(cpu.length * length);
          cpu.forEach((_, index) => {
            const [from, to] = [index * length, (index + 1) * length];
            const mean = trace.cpuCores[index]!;
            expect(Math.abs(meanOf(seconds.cpuCores, from, to) - mean)).toBeLessThanOrEqual(mean * 1e-5);
            const network = networkBytesPerSecond[index]!;
            expect(Math.abs(meanOf(seconds.networkBytesPerSecond!, from, to) - network)).toBeLessThanOrEqual(
              network * 1e-5,
            );
            const most = Math.max(ceiling ?? Number.POSITIVE_INFINITY, mean) * (1 + 1e-6);
            expect(seconds.cpuCores.subarray(from, to).every((value) => value >= 0 && value <= most)).toBe(
              true,
            );
            expect(
              seconds.lockSessions!.subarray(from, to).every((value) => value === lockSessions[index]),
            ).toBe(true);
          });
        },
      ),
      { numRuns: 60 },
    );
  });

  it('keep the energy of steps of no whole number of seconds', () => {
    const { cpuCores } = toSeconds(traceOf([2, 4], 90.5), { bursts: true, seed: 3 });
    expect(cpuCores.length).toBe(181);
    expect(meanOf(cpuCores, 0, 181)).toBeCloseTo(3, 4);
  });

  it('leave a step of nothing alone', () => {
    const { cpuCores } = toSeconds(traceOf([0, 5, 0], 60), { bursts: true, seed: 1 });
    expect(cpuCores.subarray(0, 60).every((value) => value === 0)).toBe(true);
    expect(cpuCores.subarray(120).every((value) => value === 0)).toBe(true);
  });

  it('are the same for the same seed and others for another', () => {
    const seconds = (seed: number) => toSeconds(steady, { bursts: true, seed }).cpuCores;
    expect(Buffer.from(seconds(1).buffer).equals(Buffer.from(seconds(1).buffer))).toBe(true);
    expect(Buffer.from(seconds(1).buffer).equals(Buffer.from(seconds(2).buffer))).toBe(false);
  });

  it('are as rough as their parameters say', () => {
    const variation = (parameters: typeof BURSTS) =>
      variationOf(toSeconds(steady, { bursts: true, seed: 1, parameters }).cpuCores);
    expect(variation(CALM_BURSTS)).toBeCloseTo(0.1, 1);
    expect(variation({ ...BURSTS, everySeconds: null })).toBeGreaterThan(0.21);
    expect(variation({ ...BURSTS, everySeconds: null })).toBeLessThan(0.27);
    expect(variation(BURSTS)).toBeGreaterThan(0.35);
    expect(variation(ROUGH_BURSTS)).toBeGreaterThan(variation(BURSTS) * 1.3);
  });

  it('come about every five minutes and raise load two and a half times', () => {
    const parameters = { ...BURSTS, variation: 0 };
    const { cpuCores } = toSeconds(steady, { bursts: true, seed: 1, parameters });
    // Without noise a step knows two heights at most, mostly: where load jumps up by a half or more, one begins.
    let begun = 0;
    for (let second = 1; second < cpuCores.length; second += 1)
      if (cpuCores[second]! > cpuCores[second - 1]! * 1.49) begun += 1;
    expect(begun).toBeGreaterThan(850);
    expect(begun).toBeLessThan(1150);
  });

  it('give way to the size of the machine, which a full step fills', () => {
    const { cpuCores } = toSeconds(traceOf([3.9, 4, 5], 300), { bursts: true, seed: 1, cpuCeilingCores: 4 });
    expect(Math.max(...cpuCores.subarray(0, 300))).toBe(4);
    expect(cpuCores.subarray(300, 600).every((value) => value === 4)).toBe(true);
    expect(cpuCores.subarray(600).every((value) => value === 5)).toBe(true);
  });
});
