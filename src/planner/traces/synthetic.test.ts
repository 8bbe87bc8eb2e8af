import { describe, expect, it } from 'vitest';
import { syntheticTrace, PATTERN_NAMES, PATTERNS } from './synthetic.ts';

const trace = (
  pattern: (typeof PATTERN_NAMES)[number],
  rest: { hours?: number; stepSeconds?: number } = {},
) => syntheticTrace(pattern, { seed: 1, cores: 8, ...rest });
const largest = (values: Float32Array) => values.reduce((most, value) => Math.max(most, value), 0);
const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe.each(PATTERN_NAMES)('the pattern %s', (pattern) => {
  it('peaks at the CPUs that were asked for, and is the same for the same seed', () => {
    const { cpuCores, length, stepSeconds } = trace(pattern, { hours: 4 });
    expect(largest(cpuCores)).toBeCloseTo(8, 5);
    expect(cpuCores.every((value) => value >= 0)).toBe(true);
    expect([length, stepSeconds, cpuCores.length]).toEqual([14_400, 1, 14_400]);
    const bytes = (seed: number) =>
      Buffer.from(syntheticTrace(pattern, { seed, cores: 8, hours: 4 }).cpuCores.buffer);
    expect(bytes(1).equals(Buffer.from(cpuCores.buffer))).toBe(true);
    expect(bytes(2).equals(bytes(1))).toBe(false);
  });

  it('has its own length, and the same mean at longer steps', () => {
    const coarse = trace(pattern, { stepSeconds: 300 });
    expect(coarse.length).toBe(PATTERNS[pattern].hours * 12);
    expect(mean(coarse.cpuCores)).toBeCloseTo(mean(trace(pattern).cpuCores), 3);
  });
});

describe('synthetic loads', () => {
  it('pause only where they are on and off', () => {
    const idle = (pattern: (typeof PATTERN_NAMES)[number]) =>
      trace(pattern).cpuCores.filter((value) => value === 0).length / 86_400;
    expect(idle('on-off')).toBeGreaterThan(0.4);
    expect(idle('diurnal')).toBe(0);
  });

  it('pile up waiters in a lock storm while the CPU falls', () => {
    const { cpuCores, lockSessions } = trace('lock-storm');
    expect(largest(lockSessions!)).toBe(200);
    const during = cpuCores.filter((_, second) => lockSessions![second] === 200);
    const without = cpuCores.filter((_, second) => lockSessions![second] === 0);
    expect(mean(during)).toBeLessThan(mean(without) * 0.2);
  });

  it('leak memory until a restart', () => {
    const memory = trace('slow-leak').memoryBytes!;
    expect(largest(memory)).toBe(20 * 2 ** 30);
    const drops = memory.filter((bytes, second) => second > 0 && bytes < memory[second - 1]!).length;
    expect(drops).toBe(2);
  });

  it('have no columns that say nothing', () => {
    expect(trace('steps')).toMatchObject({ ioSessions: null, lockSessions: null, memoryBytes: null });
    expect(trace('batch').ioSessions).not.toBeNull();
  });

  it('vary from second to second, and hang together', () => {
    const { cpuCores } = trace('lock-storm', { hours: 1 });
    const quiet = cpuCores.subarray(0, 600);
    const middle = mean(quiet);
    const variance = mean(quiet.map((value) => (value - middle) ** 2));
    expect(Math.sqrt(variance) / middle).toBeGreaterThan(0.1);
    expect(Math.sqrt(variance) / middle).toBeLessThan(0.2);
    const next = quiet.subarray(1).map((value, index) => (value - middle) * (quiet[index]! - middle));
    expect(mean(next) / variance).toBeGreaterThan(0.85);
  });

  it('are refused in sizes that make no sense', () => {
    expect(() => trace('steps', { hours: 0 })).toThrow('lasts from a minute');
    expect(() => trace('steps', { stepSeconds: 1.5 })).toThrow('whole number of seconds');
    expect(() => syntheticTrace('steps', { seed: 1, cores: -1 })).toThrow('above 0, not -1');
  });
});
