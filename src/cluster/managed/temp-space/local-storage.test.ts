import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkLocalStorage, saidOf } from './local-storage.ts';

const US = { name: 'the current user', ids: null };

let base = '';
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'airglow-local-storage-'));
  await mkdir(join(base, 'state', 'clusters'), { recursive: true });
  await mkdir(join(base, 'nvme'));
});
afterEach(() => rm(base, { recursive: true, force: true }));

describe('a folder for temporary objects', () => {
  async function refusal(path: string): Promise<string> {
    try {
      await checkLocalStorage(path, join(base, 'state'), US);
    } catch (error) {
      return `${(error as { code: string }).code} ${(error as Error).message}`;
    }
    return 'taken';
  }

  it('is taken beside the state folder', async () => {
    expect(await refusal(join(base, 'nvme'))).toBe('taken');
  });

  it('is neither the state folder nor inside of it, whatever its name', async () => {
    await symlink(join(base, 'state'), join(base, 'link'));
    for (const path of ['state', 'state/clusters', 'nvme/../state', 'link'])
      expect(await refusal(`${base}/${path}`)).toMatch(/^LOCAL_STORAGE_UNUSABLE .*Airglow's state folder/);
  });

  it('has a whole path', async () => {
    expect(await refusal('')).toMatch(/^LOCAL_STORAGE_UNUSABLE Temporary objects cannot go to "": no folder/);
    for (const path of ['nvme', './nvme', ' ']) expect(await refusal(path)).toContain('not an absolute path');
  });

  it('is refused in plain words, and not where the kernel shows things as files', async () => {
    expect(await refusal(join(base, 'none'))).toBe(
      `LOCAL_STORAGE_UNUSABLE Temporary objects cannot go to ${base}/none: no such file or directory. Make the folder, or mount its disk, first.`,
    );
    expect(await refusal('/proc')).toContain('in memory. Name a folder on a disk');
  });
});

it('what the system says is told without its call and its path', () => {
  const said = (text: string): string => saidOf(new Error(text));
  expect(said("ENOENT: no such file or directory, realpath '/x'")).toBe('no such file or directory');
  expect(said("EACCES: permission denied, rename '/x' -> '/y, z'")).toBe('permission denied');
  expect(said('EIO: i/o error, write')).toBe('i/o error');
  expect(said('could not write: it is full')).toBe('could not write: it is full');
});
