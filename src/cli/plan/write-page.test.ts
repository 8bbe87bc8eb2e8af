import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { checkPagePath, writePage } from './write-page.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'airglow-page-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

it('puts a new page in the place of the old one and leaves nothing beside it', async () => {
  const path = join(folder, 'plan.html');
  await writeFile(path, 'old');
  await writePage(path, 'new');
  expect(await readFile(path, 'utf8')).toBe('new');
  expect(await readdir(folder)).toEqual(['plan.html']);
});

it('refuses a folder, and a place in a folder that is not there', async () => {
  const invalid = expect.objectContaining({ code: 'INVALID_ARGUMENT' }) as Error;
  await expect(checkPagePath(folder)).rejects.toThrow(invalid);
  await expect(writePage(join(folder, 'no', 'plan.html'), '')).rejects.toThrow(/make it first/);
  expect(await readdir(folder)).toEqual([]);
});
