import { describe, expect, it } from 'vitest';
import type { TierModel } from '../model.ts';
import { DATABASE, GIB } from '../planner-fixture.ts';
import { Database } from './database.ts';
import { PageCache } from './page-cache.ts';

/** A thousand blocks touched in each CPU-second, 10 ms each from storage; all but the base is cache. */
const MODEL = {
  ...DATABASE,
  baseMemoryBytes: GIB,
  cacheShare: 1,
  pagesPerCpuSecond: 1000,
  missSeconds: 0.01,
  requestCpuSeconds: 0.005,
};
const WANTED = 5 * GIB;

/** For long enough that whatever fits is there. */
function settled(tier: TierModel | null, limitBytes = 3 * GIB): PageCache {
  const cache = new PageCache({ ...MODEL, tier });
  // What the tier costs is used beside the CPU-second of work.
  for (let second = 0; second < 20_000; second++) cache.serve(WANTED, limitBytes, 1 + cache.tierCpuShare, 1);
  return cache;
}

describe('without a tier', () => {
  it('what memory does not hold comes from storage', () => {
    const cache = settled(null);
    expect(cache).toMatchObject({
      cacheBytes: 2 * GIB,
      tierReadBytesPerSecond: 0,
      tierSessions: 0,
      tierCpuShare: 0,
    });
    // Half of the thousand.
    expect(cache.ioSessions).toBeCloseTo(5, 9);
    expect(cache.refaultBytesPerSecond).toBeCloseTo(500 * 8192, 6);
    expect(cache.requestSeconds).toBeCloseTo(0.005 * 1000 * 0.5 * 0.01, 12);
  });
});

describe('with a tier', () => {
  it('comes from there what has been read once', () => {
    const cold = new PageCache({ ...MODEL, tier: { bytes: 4 * GIB, missSeconds: 0.0002 } });
    cold.serve(WANTED, 3 * GIB, 1, 1);
    expect(cold.ioSessions).toBeCloseTo(10, 9);
    expect(cold.tierSessions).toBe(0);
    const cache = settled({ bytes: 4 * GIB, missSeconds: 0.0002 });
    expect(cache.cacheBytes).toBe(2 * GIB);
    expect(cache.tierReadBytesPerSecond).toBeCloseTo(500 * 8192, -1);
    expect(cache.tierSessions).toBeCloseTo(0.1, 4);
    expect(cache.ioSessions).toBeLessThan(0.01);
    expect(cache.refaultBytesPerSecond).toBe(0);
    // Two pages of the kernel for each of 500 blocks in a CPU-second, 50 us each.
    expect(cache.tierCpuShare).toBeCloseTo(0.05, 4);
  });

  it('what neither holds comes from storage, and is read again', () => {
    const cache = settled({ bytes: 3 * GIB, missSeconds: 0.0002 });
    expect(cache.ioSessions).toBeCloseTo(2.5, 9);
    expect(cache.refaultBytesPerSecond).toBeCloseTo(250 * 8192, 6);
    expect(cache.tierSessions).toBeCloseTo(250 * 0.0002, 6);
  });

  it('a larger or faster one never makes sessions wait longer', () => {
    const waits = (bytes: number, missSeconds: number): number => {
      const { ioSessions, tierSessions } = settled({ bytes, missSeconds });
      return ioSessions + tierSessions;
    };
    const sizes = [0, 1, 2, 2.5, 3, 4, 8].map((gib) => waits(gib * GIB, 0.0002));
    expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
    expect(sizes[0]).toBeCloseTo(5, 9);
    const speeds = [0.0001, 0.0002, 0.0004].map((seconds) => waits(4 * GIB, seconds));
    expect(speeds).toEqual(speeds.toSorted((a, b) => a - b));
  });

  it('a scale-down and a pause keep what was read', () => {
    const cache = settled({ bytes: 4 * GIB, missSeconds: 0.0002 }, 6 * GIB);
    expect(cache.tierSessions).toBe(0);
    cache.serve(WANTED, 2 * GIB, 1, 1);
    expect(cache.ioSessions).toBeLessThan(0.01);
    expect(cache.tierSessions).toBeCloseTo(750 * 0.0002, 4);
    cache.drop();
    cache.serve(WANTED, 3 * GIB, 1, 1);
    expect(cache.ioSessions).toBeLessThan(0.01);
  });

  it('costs CPU beside the work, and touches no more pages for it', () => {
    const database = new Database({ ...MODEL, tier: { bytes: 4 * GIB, missSeconds: 0.0002 } }, () => {});
    for (let second = 0; second < 40_000; second++) database.serve(0.25, WANTED, 1.5, second, 1);
    expect(database.processors.usedCpus).toBeCloseTo(0.25 * 1.05, 3);
    expect(database.memory.tierReadBytesPerSecond).toBeCloseTo(0.25 * 500 * 8192, -2);
  });
});
