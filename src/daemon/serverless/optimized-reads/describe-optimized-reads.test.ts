import { describe, expect, it } from 'vitest';
import { describeOptimizedReads } from './describe-optimized-reads.ts';
import type { OptimizedReadsFacts } from './describe-optimized-reads.ts';

const GIB = 1024 ** 3;
const ACTIVITY = {
  hitsPerSecond: 300,
  storageReadsPerSecond: 100,
  hitRatio: 0.75,
  tierReadMs: 0.1,
  storageReadMs: 2,
};

const tierOf = (wantedBytes: number, startedBytes: number, facts: Partial<OptimizedReadsFacts> = {}) =>
  describeOptimizedReads({
    name: 'shop',
    wanted: {
      localStorage: null,
      tempSpaceBytes: null,
      tieredCacheBytes: wantedBytes,
      startedTierBytes: startedBytes,
    },
    ownSharedBuffers: null,
    isRunning: true,
    hostTierBytes: 64 * GIB,
    tempObjects: null,
    swapBytes: 5 * GIB,
    activity: ACTIVITY,
    localStorage: null,
    ...facts,
  }).tieredCache;

describe('the tier of a database', () => {
  it('is nothing where nobody asked for it', () => {
    expect(tierOf(0, 0)).toBeNull();
    expect(tierOf(0, 8 * GIB, { isRunning: false })).toBeNull();
  });

  it('is in force as it was started', () => {
    expect(tierOf(8 * GIB, 8 * GIB)).toEqual({
      sizeBytes: 8 * GIB,
      inForceBytes: 8 * GIB,
      reason: null,
      usedBytes: 5 * GIB,
      activity: ACTIVITY,
    });
  });

  it.each([
    ['comes', 8 * GIB, 0, 0],
    ['size changes', 8 * GIB, 4 * GIB, 4 * GIB],
    ['goes', 0, 4 * GIB, 4 * GIB],
  ])('waits for a restart where it %s', (what, wanted, started, inForceBytes) => {
    const tier = tierOf(wanted, started);
    expect(tier).toMatchObject({ sizeBytes: wanted, inForceBytes });
    expect(tier?.reason).toMatch(
      new RegExp(`${what} with a restart, .*: airglow cluster modify shop --restart`),
    );
  });

  it('is out of force while the host has none, and names the command', () => {
    const tier = tierOf(8 * GIB, 8 * GIB, { hostTierBytes: 0 });
    expect(tier).toMatchObject({ inForceBytes: 0, activity: null, usedBytes: 5 * GIB });
    expect(tier?.reason).toContain('airglow host tiered-cache enable');
  });

  it('is not in force where the user gave shared memory another size, until that is taken back', () => {
    const tier = tierOf(2 * GIB, 2 * GIB, { ownSharedBuffers: '512MB' });
    expect(tier).toMatchObject({ sizeBytes: 2 * GIB, inForceBytes: 0, activity: null });
    expect(tier?.reason).toMatch(/shared_buffers \(512MB\).*modify shop --reset-parameter shared_buffers/);
    // Both are to come with the restart: until then there is the tier.
    expect(tierOf(0, 2 * GIB, { ownSharedBuffers: '512MB' })).toMatchObject({ inForceBytes: 2 * GIB });
  });

  it('waits for the start of a database that does not run', () => {
    const tier = tierOf(8 * GIB, 8 * GIB, { isRunning: false });
    expect(tier).toMatchObject({ inForceBytes: 0, usedBytes: null, activity: null });
    expect(tier?.reason).toContain('does not run');
  });
});
