import { expect, it } from 'vitest';
import { analyse } from '../analyse.ts';
import { capacityRecord, counters, during, scene, series, valueOf } from '../input-fixture.ts';
import { waitsForTier } from './tier-reads.ts';

const GIB = 1024 ** 3;
const WAITS = series({ 'CPU:Running': 0.5, 'IO:TieredCacheRead': during(100, 300, 3) });

it('waits for the tier that are a good part of the load ask for memory, or a faster disk', () => {
  const input = scene({
    waits: WAITS,
    capacity: capacityRecord([]),
    counters: counters({ tierSizeBytes: 8 * GIB, localReadMs: 0.4 }),
  });
  const [found, ...others] = waitsForTier(input);
  expect(others).toEqual([]);
  expect(found).toMatchObject({ kind: 'cache-too-small', severity: 'high' });
  expect(found?.title).toContain('sessions waited for pages from the tiered cache');
  expect(valueOf(found!, 'tiered cache')).toBe('8 GiB');
  expect(found?.advice.join(' ')).toMatch(/--min-capacity .*faster local disk/);
  expect(analyse(input).findings).toContainEqual(found);
});

it('a few of them are what a tier is for', () => {
  expect(waitsForTier(scene({ waits: series({ CPU: 8, 'IO:TieredCacheRead': 1.9 }) }))).toEqual([]);
  expect(waitsForTier(scene({ waits: series({ CPU: 8, 'IO:TieredCacheRead': 2.1 }) }))).toHaveLength(1);
  expect(waitsForTier(scene({ waits: series({ 'IO:TieredCacheRead': 0.45 }) }))).toEqual([]);
});
