import { expect, it } from 'vitest';
import { tierRemarks } from './tier-proportion.ts';

const GIB = 1024 ** 3;
const SHOP = { name: 'shop', maxAcu: 1, shape: { memoryBytes: 2 * GIB } };

it('five times the memory at maximum capacity are in proportion', () => {
  expect(tierRemarks({ ...SHOP, tieredCacheBytes: 0 })).toEqual([]);
  expect(tierRemarks({ ...SHOP, tieredCacheBytes: 10 * GIB })).toEqual([]);
});

it('of more it says what it costs, and what to do', () => {
  const [said, ...others] = tierRemarks({ ...SHOP, tieredCacheBytes: 64 * GIB });
  expect(others).toEqual([]);
  expect(said).toContain('64 GiB is more than 5 times the memory at maximum capacity (2 GiB)');
  // 8 bytes for each of 16 Mi pages.
  expect(said).toContain('up to 128 MiB of page tables');
  expect(said).toContain('airglow cluster modify shop --tiered-cache 10;');
});
