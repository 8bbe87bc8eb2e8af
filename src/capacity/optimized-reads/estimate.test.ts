import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PAGE_BYTES } from './devices.ts';
import { estimateOptimizedReads } from './estimate.ts';
import type { ReadsSeen, TierWish } from './model.ts';

const GIB = 1024 ** 3;

/** Six sessions wait for 1000 pages a second, of 1000 blocks that shared buffers missed: memory has half of 4 GiB. */
const SEEN: ReadsSeen = {
  waits: [
    { key: 'CPU:Running', aas: 1 },
    { key: 'IO:DataFileRead', aas: 4.5 },
    { key: 'IO:PageFault', aas: 1.5 },
    { key: 'Lock:tuple', aas: 0.5 },
  ],
  rereadBytesPerSecond: 1000 * PAGE_BYTES,
  missedBlocksPerSecond: 1000,
  storagePagesPerSecond: null,
  unevictableBytes: GIB,
  cacheBytes: 2 * GIB,
  storageSeconds: null,
};
const WISH: TierWish = {
  tierBytes: null,
  tierSeconds: 0.0002,
  workingSetBytes: null,
};

const estimate = (seen: Partial<ReadsSeen> = {}, wish: Partial<TierWish> = {}) =>
  estimateOptimizedReads({ ...SEEN, ...seen }, { ...WISH, ...wish });
const kindOf = (seen: Partial<ReadsSeen> = {}, wish: Partial<TierWish> = {}) =>
  estimate(seen, wish).verdict.kind;
const aasOf = ({ waits }: { readonly waits: ReadsSeen['waits'] }, key: string) =>
  waits.find((one) => one.key === key)?.aas;

describe('an estimate', () => {
  it('can be reckoned by hand', () => {
    const found = estimate();
    expect(found).toMatchObject({ workingSetBytes: 4 * GIB, tierBytes: 4 * GIB, enoughMemoryBytes: 5 * GIB });
    // Six sessions over 1000 a second.
    expect(found.storageSeconds).toBeCloseTo(0.006, 12);
    expect(found).toMatchObject({ readsPerSecond: 1000, tierReadsPerSecond: 1000, rereadShare: 1 });
    expect(aasOf(found.after, 'IO:DataFileRead')).toBeUndefined();
    expect(aasOf(found.after, 'IO:TieredCacheRead')).toBeCloseTo(0.2, 9);
    expect(aasOf(found.after, 'CPU:Running')).toBeCloseTo(1.05, 9);
    expect(aasOf(found.after, 'Lock:tuple')).toBe(0.5);
    expect(found.before.total).toBeCloseTo(7.5, 9);
    expect(found.after.total).toBeCloseTo(1.75, 9);
    expect(found.savedShare).toBeCloseTo(1 - 0.2 / 6, 9);
    expect(found.verdict).toEqual({
      kind: 'helps',
      sentence:
        'A second cache tier of 4 GiB would help: waits for reads would fall by 97 %, from 6 to 0.2 average active sessions, and the whole load from 7.5 to 1.8.',
    });
  });

  it('takes only what was in memory before, and what the tier has room for', () => {
    // At 3 ms each, six sessions are 2000 reads a second: half of them are read again.
    const half = estimate({ storageSeconds: 0.003 });
    expect(half.rereadShare).toBeCloseTo(0.5, 9);
    expect(half.tierReadsPerSecond).toBeCloseTo(1000, 9);
    expect(aasOf(half.after, 'IO:DataFileRead')).toBeCloseTo(2.25, 9);
    const counted = estimate({ storagePagesPerSecond: 4000 });
    expect(counted).toMatchObject({ readsPerSecond: 4000, rereadShare: 0.25, tierReadsPerSecond: 1000 });
    expect(counted.storageSeconds).toBeCloseTo(0.0015, 12);
    // A tier of 3 GiB has one of the two GiB that memory does not.
    const small = estimate({}, { tierBytes: 3 * GIB });
    expect(small.tierReadsPerSecond).toBeCloseTo(500, 9);
    expect(small.after.reads).toBeCloseTo(3, 9);
  });

  it('makes spills cheaper by half at most', () => {
    const found = estimate({ waits: [...SEEN.waits, { key: 'IO:BufFileWrite', aas: 2 }] });
    expect(found.before.spills).toBe(2);
    expect(found.after.spills).toBe(1);
  });
});

describe('a tier does not help', () => {
  it.each([
    {
      kind: 'little-io',
      seen: {
        waits: [
          { key: 'CPU:Running', aas: 9.8 },
          { key: 'IO:DataFileRead', aas: 0.2 },
        ],
      },
      says: '2 % of the load',
    },
    {
      kind: 'fits-memory',
      seen: { waits: [{ key: 'CPU:Running', aas: 2 }], rereadBytesPerSecond: 0 },
      says: 'about 2 GiB',
    },
    { kind: 'not-read-again', seen: { rereadBytesPerSecond: 0 }, says: '0 % of the reads' },
    { kind: 'not-read-again', seen: { rereadBytesPerSecond: 5 * PAGE_BYTES }, says: '17 % of the reads' },
    { kind: 'local-already', seen: { storageSeconds: 0.00025 }, says: '0.25 ms already' },
    { kind: 'too-large', seen: { rereadBytesPerSecond: 1999 * PAGE_BYTES }, says: 'far larger than memory' },
    { kind: 'unknown', seen: { rereadBytesPerSecond: null }, says: 'read again after eviction' },
    { kind: 'unknown', seen: { missedBlocksPerSecond: null }, says: 'the working set' },
  ])('$kind: $says', ({ kind, seen, says }) => {
    const found = estimate(seen);
    expect(found.verdict.kind).toBe(kind);
    expect(found.verdict.sentence).toContain(says);
  });

  it('where one is on already', () => {
    const found = estimate({ waits: [...SEEN.waits, { key: 'IO:TieredCacheRead', aas: 0.4 }] });
    expect(found.verdict).toMatchObject({
      kind: 'on-already',
      sentence: expect.stringContaining('0.4 average'),
    });
    expect(found.after).toBe(found.before);
  });

  it('where a working set that is known fits', () => {
    expect(kindOf({}, { workingSetBytes: 2 * GIB })).toBe('fits-memory');
    expect(kindOf({ missedBlocksPerSecond: null }, { workingSetBytes: 4 * GIB })).toBe('helps');
  });

  it('and nothing is guessed of what is not known', () => {
    const found = estimate({ rereadBytesPerSecond: null });
    expect(found.after).toBe(found.before);
    expect(found.savedShare).toBe(0);
  });
});

it('a larger tier never leaves more load, and a faster one neither', () => {
  const seen = fc.record({
    rereadBytesPerSecond: fc.integer({ min: 0, max: 100_000_000 }),
    storagePagesPerSecond: fc.option(fc.integer({ min: 1, max: 50_000 }), { nil: null }),
    missedBlocksPerSecond: fc.integer({ min: 1, max: 50_000 }),
    cacheBytes: fc.integer({ min: 1, max: 16 * GIB }),
    storageSeconds: fc.option(fc.double({ min: 0.0005, max: 0.05, noNaN: true }), { nil: null }),
  });
  const tier = fc.record({
    tierBytes: fc.integer({ min: 1, max: 64 * GIB }),
    tierSeconds: fc.double({ min: 0.00005, max: 0.0004, noNaN: true }),
  });
  fc.assert(
    fc.property(
      seen,
      tier,
      fc.double({ min: 1, max: 3, noNaN: true }),
      (one, { tierBytes, tierSeconds }, factor) => {
        const loadBy = (wish: Partial<TierWish>) => estimate(one, { tierBytes, tierSeconds, ...wish }).after;
        const { total } = loadBy({});
        expect(loadBy({ tierSeconds: tierSeconds * factor }).total).toBeGreaterThanOrEqual(total - 1e-9);
        // Slower storage than tier and CPU together is what makes a larger one worth it.
        const found = estimate(one, { tierBytes, tierSeconds });
        const isWorthIt = (found.storageSeconds ?? 1) > tierSeconds + 0.00005;
        const larger = isWorthIt ? loadBy({ tierBytes: tierBytes * factor }).total : total;
        expect(larger).toBeLessThanOrEqual(total + 1e-9);
      },
    ),
    { numRuns: 300 },
  );
});
