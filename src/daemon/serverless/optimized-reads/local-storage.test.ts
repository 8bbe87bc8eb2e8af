import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { LocalStorageReader } from './local-storage.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'airglow-local-storage-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('looks every ten seconds, in the background, and says what it found last', async () => {
  const path = join(folder, 'nvme');
  await mkdir(path);
  const reader = new LocalStorageReader(() => path);
  reader.look(0);
  expect(reader.freeBytes).toBeNull();
  await reader.idle();
  expect(reader.freeBytes).toBeGreaterThan(0);
  await rm(path, { recursive: true });
  reader.look(9000);
  await reader.idle();
  expect(reader.freeBytes).toBeGreaterThan(0);
  reader.look(10_000);
  await reader.idle();
  expect(reader.freeBytes).toBeNull();
  expect(reader.look(11_000)).toBeNull();
  reader.close();
});

it('looks at nothing while there is no local storage', async () => {
  const reader = new LocalStorageReader(() => null);
  expect(reader.look(0)).toBeNull();
  await reader.idle();
  expect(reader.freeBytes).toBeNull();
});
