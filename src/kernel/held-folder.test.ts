import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { holdFolder } from './held-folder.ts';

describe.skipIf(!existsSync('/proc/self/fd'))('a folder that is held', () => {
  let base: string;
  beforeEach(async () => {
    base = await mkdtemp(join(tmpdir(), 'airglow-held-'));
    await mkdir(join(base, 'ours'));
    await writeFile(join(base, 'ours', 'a'), '');
  });
  afterEach(() => rm(base, { recursive: true, force: true }));

  it('stays the one that it was when a link takes its place', async () => {
    const held = await holdFolder(join(base, 'ours'));
    await rename(join(base, 'ours'), join(base, 'elsewhere'));
    await symlink('/usr', join(base, 'ours'));
    expect(await readdir(held?.path ?? '')).toEqual(['a']);
    await held?.close();
  });

  it('is no link, no file, and not nothing', async () => {
    await symlink('ours', join(base, 'link'));
    for (const name of ['link', 'none', 'ours/a', 'ours/a/b'])
      expect(await holdFolder(join(base, name))).toBeNull();
  });
});
