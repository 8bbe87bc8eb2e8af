import { chmod, chown, mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { checkFolder } from './host-tier/check-folder.ts';
import { whyUnsafe } from './folder-safety.ts';

const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;
let above: string;
let folder: string;

beforeEach(async () => {
  above = await realpath(await mkdtemp(join(tmpdir(), 'airglow-folder-safety-')));
  folder = join(above, 'disk');
  await mkdir(folder, { mode: 0o755 });
});

afterEach(() => rm(above, { recursive: true, force: true }));

it('a folder of ours below one with the sticky bit is safe', async () => {
  expect(await whyUnsafe(folder)).toBeNull();
  await chmod(folder, 0o1777);
  expect(await whyUnsafe(folder)).toBeNull();
});

it('one that everybody may write to is not, wherever it is on the way', async () => {
  await chmod(above, 0o777);
  expect(await whyUnsafe(folder)).toContain(`chmod o-w ${above})`);
  await expect(checkFolder(folder, 1)).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
    message: expect.stringContaining(`everybody may write to ${above}`) as string,
  });
});

it.runIf(isRoot)('one of another user or of a group that may write to it is not, for root', async () => {
  await chown(folder, NOBODY, 0);
  expect(await whyUnsafe(folder)).toContain(`chown root ${folder})`);
  await expect(checkFolder(folder, 1)).rejects.toThrow('belongs to another user');
  await chown(folder, 0, NOBODY);
  expect(await whyUnsafe(folder)).toBeNull();
  await chmod(folder, 0o775);
  expect(await whyUnsafe(folder)).toContain(`chmod g-w ${folder})`);
});
