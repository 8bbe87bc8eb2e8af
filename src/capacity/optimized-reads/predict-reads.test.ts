import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { turnSeconds } from './devices.ts';
import { predictReads } from './predict-reads.ts';
import type { ReadsInput } from './predict-reads.ts';

const GIB = 1024 ** 3;

/** 800 requests a second, a page each, of 2 GiB of which memory has a half: 400 reads a second. */
const LOAD: ReadsInput = {
  requestsPerSecond: 800,
  blocksPerRequest: 1,
  pagesPerBlock: 1,
  workingSetBytes: 2 * GIB,
  cacheBytes: GIB,
  tierBytes: 2 * GIB,
  storageIopsLimit: null,
  storageSeconds: 0.001,
  tierSeconds: 0.0001,
  cpuSecondsPerRequest: 0.0005,
  cpus: null,
  connections: 64,
};

describe('a read that waits for its turn', () => {
  it('waits as long as the formula of M/D/1 says', () => {
    // Half used, 1 ms each: 0.5 x 1 ms / (2 x 0.5).
    expect(turnSeconds(500, 1000)).toBeCloseTo(0.0005, 12);
    expect(turnSeconds(900, 1000)).toBeCloseTo(0.0045, 12);
    expect(turnSeconds(0, 1000)).toBe(0);
    expect(turnSeconds(500, null)).toBe(0);
    expect(turnSeconds(1000, 1000)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('predicted load', () => {
  it('is what reads and processors take, without and with a tier', () => {
    const found = predictReads(LOAD);
    expect(found.without).toMatchObject({ storageReadsPerSecond: 400, tier: 0, limitedBy: null });
    expect(found.without.storage).toBeCloseTo(0.4, 9);
    expect(found.without.cpu).toBeCloseTo(0.4, 9);
    expect(found.without.total).toBeCloseTo(0.8, 9);
    expect(found.with).toMatchObject({ storage: 0, storageReadsPerSecond: 0, tierReadsPerSecond: 400 });
    expect(found.with.tier).toBeCloseTo(0.04, 9);
    // 400 pages a second at 50 us of the kernel's CPU.
    expect(found.with.cpu).toBeCloseTo(0.42, 9);
    expect(found.with.requestSeconds).toBeCloseTo(0.46 / 800, 9);
  });

  it('has a queue at a storage near its limit', () => {
    const { without, with: tiered } = predictReads({ ...LOAD, storageIopsLimit: 500 });
    // 80 % used: 0.8 / (2 x 500 x 0.2) = 4 ms beside the 1 ms of its own.
    expect(without.storage).toBeCloseTo(400 * 0.005, 9);
    expect(tiered.storage).toBe(0);
  });

  it('is as many sessions as there are connections above that limit, and no more is served', () => {
    const { without, with: tiered } = predictReads({ ...LOAD, storageIopsLimit: 100 });
    expect(without).toMatchObject({
      limitedBy: 'storage',
      requestsPerSecond: 200,
      storageReadsPerSecond: 100,
    });
    expect(without.total).toBeCloseTo(64, 9);
    expect(without.storage).toBeCloseTo(63.9, 9);
    expect(tiered).toMatchObject({ limitedBy: null, requestsPerSecond: 800 });
  });

  it('is as many where processors or connections run out', () => {
    const cpu = predictReads({ ...LOAD, cpus: 0.2 }).without;
    expect(cpu).toMatchObject({ limitedBy: 'cpu', requestsPerSecond: 400 });
    expect(cpu.total).toBeCloseTo(64, 9);
    const few = predictReads({ ...LOAD, connections: 0.4 }).without;
    expect(few).toMatchObject({ limitedBy: 'connections', requestsPerSecond: 400 });
    expect(few.total).toBeCloseTo(0.4, 9);
  });

  it('brings both pages of a block from the tier where both are touched', () => {
    const { without, with: tiered } = predictReads({ ...LOAD, pagesPerBlock: 2 });
    expect(without.storage).toBeCloseTo(0.4, 9);
    expect(tiered.tierReadsPerSecond).toBe(800);
    expect(tiered.tier).toBeCloseTo(0.08, 9);
  });

  it('gains nothing where all fits into memory', () => {
    const { without, with: tiered } = predictReads({ ...LOAD, cacheBytes: 3 * GIB });
    expect(tiered).toEqual(without);
    expect(without).toMatchObject({ storage: 0, tier: 0 });
  });

  it('reads what neither holds from storage', () => {
    const found = predictReads({ ...LOAD, workingSetBytes: 4 * GIB }).with;
    expect(found).toMatchObject({ storageReadsPerSecond: 400, tierReadsPerSecond: 200 });
  });
});

const inputs: fc.Arbitrary<ReadsInput> = fc.record({
  requestsPerSecond: fc.integer({ min: 1, max: 20_000 }),
  blocksPerRequest: fc.integer({ min: 1, max: 10 }),
  pagesPerBlock: fc.double({ min: 1, max: 2, noNaN: true }),
  workingSetBytes: fc.integer({ min: 1, max: 64 * GIB }),
  cacheBytes: fc.integer({ min: 0, max: 64 * GIB }),
  tierBytes: fc.integer({ min: 0, max: 64 * GIB }),
  storageIopsLimit: fc.option(fc.integer({ min: 100, max: 50_000 }), { nil: null }),
  storageSeconds: fc.double({ min: 0.0005, max: 0.02, noNaN: true }),
  tierSeconds: fc.double({ min: 0.00005, max: 0.00015, noNaN: true }),
  cpuSecondsPerRequest: fc.double({ min: 0.00001, max: 0.01, noNaN: true }),
  cpus: fc.constant(null),
  connections: fc.integer({ min: 1, max: 500 }),
});

/** Sessions a request, which is comparable where more of them are served. */
const cost = (input: ReadsInput): number => predictReads(input).with.requestSeconds;

it('a larger tier never costs a request more, and a faster one neither', () => {
  fc.assert(
    fc.property(inputs, fc.double({ min: 1, max: 4, noNaN: true }), (input, factor) => {
      const slack = 1 + 1e-9;
      expect(cost({ ...input, tierBytes: input.tierBytes * factor })).toBeLessThanOrEqual(
        cost(input) * slack,
      );
      expect(cost(input)).toBeLessThanOrEqual(
        cost({ ...input, tierSeconds: input.tierSeconds * factor }) * slack,
      );
      const { without, with: tiered } = predictReads(input);
      expect(tiered.requestsPerSecond).toBeGreaterThanOrEqual(without.requestsPerSecond * (1 - 1e-9));
      expect(tiered.total).toBeLessThanOrEqual(Math.max(without.total, input.connections) * slack);
      expect(without.total).toBeLessThanOrEqual(input.connections * slack + without.cpu);
    }),
    { numRuns: 500 },
  );
});
