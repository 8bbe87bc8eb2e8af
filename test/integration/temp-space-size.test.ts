import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ManagedCluster } from '../../src/cluster/managed/model.ts';
import { ask, managedPlace, show } from '../kit/managed.ts';
import type { ManagedPlace } from '../kit/managed.ts';
import { folderDisk, SPILLING, testedEngine, untilPlace } from '../kit/temp-space.ts';
import type { TestDisk } from '../kit/temp-space.ts';

/** More than any disk has, and more than PostgreSQL can keep as the limit of a session. */
const HUGE = 100_000 * 1024 ** 3;

let place: ManagedPlace;
let disk: TestDisk;

beforeEach(async () => {
  place = await managedPlace();
  disk = await folderDisk();
});
afterEach(async () => {
  await place[Symbol.asyncDispose]();
  await disk[Symbol.asyncDispose]();
});

async function created(): Promise<ManagedCluster> {
  const cluster = await place.create({ ...(await testedEngine()), localStorage: disk.path });
  await cluster.start(2);
  await untilPlace(cluster, 'local');
  return cluster;
}

async function edit(path: string, change: (text: string) => string): Promise<void> {
  await writeFile(path, change(await readFile(path, 'utf8')));
}

/** As earlier versions left it, where such a size was taken. */
async function breakFiles({ spec }: ManagedCluster): Promise<void> {
  const folder = join(place.dir, spec.name);
  await edit(join(folder, 'cluster.json'), (text) =>
    text.replace(/"tempSpaceBytes": null/, `"tempSpaceBytes": ${HUGE}`),
  );
  await edit(join(folder, 'temp-space', 'record.json'), (text) =>
    text.replace(/"limitBytes": \d+/, `"limitBytes": ${HUGE}`),
  );
  await edit(join(folder, 'temp.conf'), (text) =>
    text.replace(/temp_file_limit = .*/, `temp_file_limit = '${HUGE / 1024}kB'`),
  );
}

async function brokenWhileStopped(): Promise<ManagedCluster> {
  const cluster = await created();
  await cluster.stop();
  await cluster.release();
  await breakFiles(cluster);
  return place.open(cluster.spec.name);
}

async function expectSound(cluster: ManagedCluster): Promise<void> {
  await untilPlace(cluster, 'local');
  expect(await show(cluster.url(), 'temp_file_limit')).toBe('2147483647kB');
  await ask(cluster.url(), SPILLING);
}

describe('more than the disk has', () => {
  it('is refused with what there is, and changes nothing', async () => {
    const cluster = await created();
    const before = await show(cluster.url(), 'temp_file_limit');
    await expect(cluster.modify({ tempSpaceBytes: HUGE })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringMatching(
        /100000 GiB is more than .* has: that file system has .* is free/,
      ) as string,
    });
    expect(cluster.spec.optimizedReads.tempSpaceBytes).toBeNull();
    expect(await show(cluster.url(), 'temp_file_limit')).toBe(before);
    const huge = { name: 'huge', localStorage: disk.path, tempSpaceBytes: HUGE };
    await expect(place.create({ ...(await testedEngine()), ...huge })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
  });
});

describe('a database that an earlier version gave more', () => {
  it('can be changed and started', async () => {
    const reopened = await brokenWhileStopped();
    await reopened.modify({ maxAcu: 4 });
    await reopened.start(2);
    await expectSound(reopened);
    await reopened.modify({ tempSpaceBytes: null });
    expect(reopened.tempSpace.describe()?.limitBytes).toBeLessThan(HUGE);
  });

  it('can be started at once', async () => {
    const reopened = await brokenWhileStopped();
    await reopened.start(2);
    await expectSound(reopened);
  });

  it('can be changed while it runs, and be done without local storage', async () => {
    const cluster = await created();
    await cluster.release();
    await breakFiles(cluster);
    const reopened = await place.open(cluster.spec.name);
    expect(await reopened.adopt()).toBe(true);
    await reopened.modify({ maxAcu: 4 });
    await expectSound(reopened);
    await reopened.modify({ localStorage: null, tempSpaceBytes: null });
    expect(await show(reopened.url(), 'temp_tablespaces')).toBe('');
  });
});
