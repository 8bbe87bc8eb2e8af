import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_SHAPE } from '../../capacity/acu.ts';
import {
  capacitySettings,
  fixedSettings,
  maxConnections,
  settingsStep,
  sharedBuffersBytes,
} from './capacity-settings.ts';
import type { SizingBasis } from './capacity-settings.ts';

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;
const basis: SizingBasis = {
  shape: DEFAULT_SHAPE,
  host: { cpus: 64, memoryBytes: 512 * GIB },
  major: 15,
  minAcu: 0.5,
  maxAcu: 16,
  tierBytes: 0,
};

/** `12kB` -> bytes */
function bytes(text: string | undefined): number {
  const [, number, unit] = /^(\d+)(kB|MB)$/.exec(text ?? '') ?? [];
  return Number(number) * (unit === 'MB' ? MIB : 1024);
}

describe('the step of settings', () => {
  it('is a power of two of half a unit, at or below the capacity', () => {
    const steps = [0.5, 1, 1.5, 2, 3.5, 4, 7.5, 8, 100, 256].map(settingsStep);
    expect(steps).toEqual([0.5, 1, 1, 2, 2, 4, 4, 8, 64, 256]);
  });

  it('is never above the capacity and never below half of it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 512 }), (halves) => {
        const step = settingsStep(halves / 2);
        expect(step).toBeLessThanOrEqual(halves / 2);
        expect(step).toBeGreaterThan(halves / 4);
      }),
    );
  });
});

describe('settings of a capacity', () => {
  it('are these at half a unit, two and sixteen', () => {
    expect(capacitySettings(0.5, basis)).toEqual({
      work_mem: '10688kB',
      hash_mem_multiplier: '2',
      maintenance_work_mem: '65536kB',
      autovacuum_work_mem: '32768kB',
      effective_cache_size: '786432kB',
      max_parallel_workers: '1',
      max_parallel_workers_per_gather: '0',
      max_parallel_maintenance_workers: '0',
      autovacuum_vacuum_cost_limit: '200',
    });
    expect(capacitySettings(16, basis)).toMatchObject({
      work_mem: '259296kB',
      maintenance_work_mem: '2097151kB',
      max_parallel_workers: '4',
      max_parallel_workers_per_gather: '2',
      autovacuum_vacuum_cost_limit: '800',
    });
  });

  it('never shrink as capacity grows', () => {
    const steps = [0.5, 1, 2, 4, 8, 16, 32, 64, 128, 256];
    for (const [index, step] of steps.entries()) {
      const [less, more] = [capacitySettings(steps[index - 1] ?? step, basis), capacitySettings(step, basis)];
      for (const name of ['work_mem', 'maintenance_work_mem', 'autovacuum_work_mem', 'effective_cache_size'])
        // Up to eight active sessions there is more for each, above there are more of them.
        expect(bytes(more[name]) * (name === 'work_mem' ? 2 : 1)).toBeGreaterThanOrEqual(bytes(less[name]));
      for (const name of [
        'max_parallel_workers',
        'max_parallel_workers_per_gather',
        'autovacuum_vacuum_cost_limit',
      ])
        expect(Number(more[name])).toBeGreaterThanOrEqual(Number(less[name]));
    }
  });

  it('are within the bounds of PostgreSQL, whatever the shape and the host', () => {
    const arbitrary = fc.record({
      memoryBytes: fc.integer({ min: 64 * MIB, max: 16 * GIB }),
      cpus: fc.double({ min: 0.01, max: 4, noNaN: true }),
      hostCpus: fc.integer({ min: 1, max: 512 }),
      hostMemoryBytes: fc.integer({ min: 512 * MIB, max: 4096 * GIB }),
      exponent: fc.integer({ min: 0, max: 9 }),
      major: fc.integer({ min: 13, max: 18 }),
    });
    fc.assert(
      fc.property(arbitrary, ({ memoryBytes, cpus, hostCpus, hostMemoryBytes, exponent, major }) => {
        const shape = { memoryBytes, cpus, networkBytesPerSecond: 1 };
        const host = { cpus: hostCpus, memoryBytes: hostMemoryBytes };
        const found = { ...basis, shape, host, major };
        const settings = capacitySettings(0.5 * 2 ** exponent, found);
        expect(bytes(settings['work_mem'])).toBeGreaterThanOrEqual(64 * 1024);
        expect(bytes(settings['work_mem'])).toBeLessThanOrEqual(GIB);
        expect(bytes(settings['maintenance_work_mem'])).toBeLessThanOrEqual(2 * GIB - 1024);
        expect(bytes(settings['effective_cache_size'])).toBeGreaterThanOrEqual(8192);
        expect(Number(settings['autovacuum_vacuum_cost_limit'])).toBeLessThanOrEqual(10_000);
        expect(Number(settings['max_parallel_workers'])).toBeLessThanOrEqual(1024);
        expect('io_workers' in settings).toBe(major >= 18);
      }),
    );
  });

  it('keep within the host', () => {
    const small = { ...basis, host: { cpus: 2, memoryBytes: 4 * GIB } };
    expect(capacitySettings(64, small)).toEqual(capacitySettings(64, { ...small, maxAcu: 256 }));
    expect(capacitySettings(64, small)).toMatchObject({
      max_parallel_workers: '2',
      effective_cache_size: '3145728kB',
    });
  });
});

describe('what a start fixes', () => {
  it('has connections as on Aurora', () => {
    const of = (maxAcu: number, minAcu = 1): number => maxConnections({ ...basis, minAcu, maxAcu });
    expect([1, 4, 8, 16, 32, 64, 256].map((acu) => of(acu))).toEqual([
      189, 823, 1669, 3360, 5000, 5000, 5000,
    ]);
    expect(of(64, 0.5)).toBe(2000);
    expect(of(0.5)).toBe(94);
    for (let acu = 1; acu <= 256; acu += 0.5) expect(of(acu)).toBeGreaterThanOrEqual(of(acu - 0.5));
  });

  it('gives a quarter of the least memory to shared buffers', () => {
    expect(sharedBuffersBytes(basis)).toBe(256 * MIB);
    expect(sharedBuffersBytes({ ...basis, minAcu: 8 })).toBe(4 * GIB);
    expect(fixedSettings(basis)).toMatchObject({ shared_buffers: '262144kB', max_connections: '2000' });
  });
});
