import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Turns } from '../turns.ts';
import { UseCounter } from './use-counter.ts';

let folder: string;
let turns: Turns;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'airglow-count-'));
  turns = new Turns();
  await mkdir(join(folder, '5'));
  await writeFile(join(folder, '5', 't3_16400'), 'x');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('does not wait for a count that takes long, and has it when it is done', async () => {
  const counter = new UseCounter();
  const { promise, resolve: letGo } = deferred();
  // Somebody else's count, on the same disk.
  const busy = turns.take(() => promise);
  expect(await counter.read(folder, turns)).toBeNull();
  letGo();
  await busy;
  expect(await counter.read(folder, turns)).toMatchObject({ files: 1 });
});

it('counts less often the longer it takes', async () => {
  const counter = new UseCounter();
  expect(await counter.read(folder, turns)).toMatchObject({ files: 1 });
  await writeFile(join(folder, '5', 't3_16401'), 'x');
  // At once after a count nothing is counted.
  expect(await counter.read(folder, turns)).toMatchObject({ files: 1 });
});

it('knows nothing of what is there no more, a count under way included', async () => {
  const counter = new UseCounter();
  const reading = counter.read(folder, turns);
  // It has begun; files take longer than that.
  for (let i = 0; i < 10; i++) await Promise.resolve();
  counter.forget();
  expect(await reading).toBeNull();
  expect(await counter.read(folder, turns)).toMatchObject({ files: 1 });
});

it('counts another folder anew, and says what a disk said', async () => {
  const counter = new UseCounter();
  expect(await counter.read(folder, turns)).toMatchObject({ files: 1 });
  expect(await counter.read(join(folder, 'none'), turns)).toMatchObject({ files: 0 });
  // Longer than a name may be.
  await expect(counter.read(join(folder, 'x'.repeat(300)), turns)).rejects.toThrow(/ENAMETOOLONG/);
});

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
