import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { managedPlace, show } from '../kit/managed.ts';
import { testedEngine } from '../kit/temp-space.ts';

const GIB = 1024 ** 3;
const BUFFERS = { shared_buffers: '64MB' };
const REFUSED = { code: 'SETTING_REFUSED', message: expect.stringContaining('--tiered-cache 0') as string };

/** As on a host with a tier; nothing of it goes to swap here. */
const tier = { tier: { sizeBytes: 4 * GIB } };

it('a size of shared memory that the user chose and a tiered cache do not go together', async () => {
  await using place = await managedPlace();
  const options = { ...(await testedEngine()), ...tier };
  await expect(
    place.create({ ...options, tieredCacheBytes: GIB, parameters: BUFFERS }),
  ).rejects.toMatchObject(REFUSED);
  const cluster = await place.create({ ...options, tieredCacheBytes: GIB });
  await expect(cluster.modify({ parameters: BUFFERS })).rejects.toMatchObject(REFUSED);
  await cluster.modify({ parameters: BUFFERS, tieredCacheBytes: 0 });
  await expect(cluster.modify({ tieredCacheBytes: GIB })).rejects.toMatchObject(REFUSED);
  await cluster.modify({ parameters: { shared_buffers: null }, tieredCacheBytes: GIB });
  expect(cluster.spec.optimizedReads.tieredCacheBytes).toBe(GIB);
});

it('a database that has both already can be changed, and is started without a tier', async () => {
  await using place = await managedPlace();
  const made = await place.create({ ...(await testedEngine()), ...tier, parameters: BUFFERS });
  const { name } = made.spec;
  await made.release();
  const file = join(place.dir, name, 'cluster.json');
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace(/"tieredCacheBytes": 0/, `"tieredCacheBytes": ${GIB}`));
  const cluster = await place.open(name, tier);
  expect(cluster.spec.optimizedReads.tieredCacheBytes).toBe(GIB);
  await cluster.modify({ maxAcu: 4 });
  await cluster.start(2);
  expect(await show(cluster.url(), 'shared_buffers')).toBe('64MB');
  expect(cluster.spec.optimizedReads.startedTierBytes).toBe(0);
});
