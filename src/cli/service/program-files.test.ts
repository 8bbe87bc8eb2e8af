import { chmod, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cautionsAbout, findProgram } from './program-files.ts';

let folder: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'airglow-program-')));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function put(...path: string[]): Promise<string> {
  const file = join(folder, ...path);
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(file, '');
  return file;
}

describe('the program that a service runs', () => {
  it('is the installed one', async () => {
    const main = await put('dist', 'cli', 'main.js');
    expect(findProgram(join(folder, 'dist', 'cli', 'service'))).toEqual({
      node: await realpath(process.execPath),
      main,
    });
  });

  it('is never the source: what was built from it, or nothing', async () => {
    await put('src', 'cli', 'main.ts');
    const here = join(folder, 'src', 'cli', 'service');
    expect(() => findProgram(here)).toThrow(/from its source: build it \(npm run build\), or install it/);
    const main = await put('dist', 'cli', 'main.js');
    expect(findProgram(here).main).toBe(main);
  });

  it('is warned about where it may vanish, and where root would run what others may change', async () => {
    const main = await put('_npx', 'a1', 'main.js');
    const node = await put('node');
    expect(cautionsAbout({ node, main }, false)).toEqual([
      expect.stringContaining('is in the cache of npx') as string,
    ]);
    const open = await put('open', 'main.js');
    await chmod(join(folder, 'open'), 0o777);
    expect(cautionsAbout({ node: open, main: open }, true)[0]).toContain(`Root would run ${open}`);
    expect(cautionsAbout({ node: open, main: open }, false)).toEqual([]);
  });
});
