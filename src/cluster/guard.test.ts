import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { waitFor } from '../../test/kit/wait-for.ts';

const run = promisify(execFile);
let base: string;

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'airglow-guard-'));
});
afterEach(() => rm(base, { recursive: true, force: true }));

/** A process that has these folders guarded, and dies without a word. */
async function dieWith(folders: readonly string[]): Promise<void> {
  const [first, ...more] = folders;
  const program = `
    const { Guard } = await import(${JSON.stringify(new URL('guard.ts', import.meta.url).href)});
    const guard = new Guard(${JSON.stringify(first)});
    for (const folder of ${JSON.stringify(more)}) guard.watchFolder(folder);
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), 100);`;
  const args = ['--import', import.meta.resolve('tsx'), '--input-type=module', '-e', program];
  await run(process.execPath, args).catch(() => {});
}

it('removes all folders that it was told of, whatever their names, and no others', async () => {
  const [names, kept] = [['one', 'two  blanks here', "it's; rm -rf *", 'four'], 'blanks'];
  for (const name of [...names, kept]) {
    await mkdir(join(base, name));
    await writeFile(join(base, name, 'file'), '');
  }
  await dieWith(names.map((name) => join(base, name)));
  await waitFor(() => !names.some((name) => existsSync(join(base, name))), {
    what: 'the folders to be gone',
  });
  expect(await readdir(base)).toEqual([kept]);
});
