import { expect, it } from 'vitest';
import { SHOP } from './cluster-fixture.ts';
import { isTierOther, restartReasons } from './restart-reasons.ts';

const GIB = 1024 ** 3;
const ON = { state: 'on' } as const;

function withTier(sizeBytes: number, inForceBytes: number, change: Partial<typeof SHOP> = {}): typeof SHOP {
  const tieredCache = { sizeBytes, inForceBytes, reason: null, usedBytes: 0, activity: null };
  return {
    ...SHOP,
    pendingRestart: [],
    ...change,
    optimizedReads: { ...SHOP.optimizedReads, tieredCache },
  };
}

it('a tier that is wanted otherwise than in force waits for a restart', () => {
  expect(restartReasons(withTier(8 * GIB, 0), ON)).toEqual(['its tiered cache']);
  expect(restartReasons(withTier(0, 8 * GIB, { status: 'paused' }), ON)).toEqual(['its tiered cache']);
  expect(restartReasons(withTier(8 * GIB, 4 * GIB, { pendingRestart: ['max_connections'] }), ON)).toEqual([
    'max_connections',
    'its tiered cache',
  ]);
});

it('nothing does that is in force, or that a restart would not bring', () => {
  expect(restartReasons(withTier(8 * GIB, 8 * GIB), ON)).toEqual([]);
  expect(restartReasons(withTier(8 * GIB, 0), { state: 'lost' })).toEqual([]);
  expect(restartReasons({ ...SHOP, pendingRestart: [] }, null)).toEqual([]);
});

it('a database that does not run is not started for it', () => {
  expect(isTierOther(withTier(8 * GIB, 0, { status: 'stopped' }))).toBe(false);
  expect(restartReasons(withTier(8 * GIB, 0, { status: 'stopped' }), ON)).toEqual([]);
});
