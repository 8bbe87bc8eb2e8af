import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runUp } from '../../src/daemon/up.ts';
import type { Up } from '../../src/daemon/up.ts';
import { AirglowError } from '../../src/errors.ts';
import { createMemoryHistory } from '../../src/history/memory/memory-history.ts';
import { runCliHere, startCliOnTerminal } from '../kit/airglow-cli.ts';
import { ScriptedFleet } from '../kit/scripted-fleet.ts';
import { waitFor } from '../kit/wait-for.ts';

/** The commands about the host as a user runs them, over the control socket; the tier is scripted. */
let folder: string;
let stateDir: string;
let fleet: ScriptedFleet;
let up: Up;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'airglow-tier-cli-'));
  stateDir = join(folder, 'state');
  fleet = new ScriptedFleet();
  up = await runUp(
    { stateDir, listen: { host: '127.0.0.1', port: 0 }, retentionDays: 7, log: () => {} },
    {
      openFleet: async () => {
        await mkdir(stateDir, { recursive: true });
        return fleet;
      },
      openHistory: async () => createMemoryHistory({ retentionMs: 86_400_000 }),
    },
  );
});

afterEach(async () => {
  await up.stop();
  await rm(folder, { recursive: true, force: true });
});

const words = (...args: string[]) => ['host', 'tiered-cache', ...args, '--state', stateDir];
const tier = (...args: string[]) => runCliHere(words(...args));
const ENABLE = ['enable', '--path', '/mnt/nvme', '--size', '0.5'] as const;
const REQUEST = { path: '/mnt/nvme', sizeBytes: 512 * 1024 ** 2 };

it('says what it means for the host before it is switched on, then switches it on, shows it, and off again', async () => {
  const off = await tier('status');
  expect(off).toMatchObject({ code: 0, err: '' });
  expect(off.out).toMatch(/^tiered cache of this host\n {2}status +off\n/);

  const on = await tier(...ENABLE, '--yes');
  expect(on.code).toBe(0);
  expect(on.err).toContain(
    'A tiered cache of 512 MiB in /mnt/nvme changes this for the whole host:\n- A swap',
  );
  expect(on.out).toContain('The tiered cache of this host is on: 512 MiB in /mnt/nvme\n');
  expect(on.out).toContain(`--tiered-cache GiB --restart --state ${stateDir}`);
  expect(fleet.tier.asked).toEqual([REQUEST]);
  expect((await tier('status')).out).toContain('place         /mnt/nvme, 512 MiB\n');
  expect(JSON.parse((await tier('status', '--json')).out)).toMatchObject({ state: 'on', ...REQUEST });

  // Nothing is explained that is so already.
  expect((await tier(...ENABLE)).err).toBe('');
  fleet.tier.change({ users: [{ name: 'shop', sizeBytes: 2 ** 30, usedBytes: 0 }] });
  const disabled = await tier('disable');
  expect(disabled.out).toMatch(
    /^The tiered cache of this host is off; what was changed for it is given back\n/,
  );
  expect(disabled.out).toContain(
    'shop still asks for 1 GiB of it and starts without; to take that back: airglow cluster modify shop --tiered-cache 0',
  );
});

it('asks nobody where there is no terminal, and changes nothing', async () => {
  const refused = await tier(...ENABLE);
  expect(refused).toMatchObject({ code: 2, out: '' });
  expect(refused.err).toContain('vm.swappiness of the host becomes 0');
  expect(refused.err).toContain('--yes');
  expect(fleet.tier.asked).toEqual([]);
});

it.each([
  ['y', 0, [REQUEST], 'is on: 512 MiB'],
  ['no', 2, [], '\nNothing is changed'],
])('asks on a terminal, and takes %s for an answer', async (answer, code, asked, says) => {
  const cli = startCliOnTerminal(words(...ENABLE));
  await waitFor(() => cli.out().includes('Go on? [y/N]'), { what: 'the question' });
  cli.child.stdin?.write(`${answer}\n`);
  expect(await cli.exited).toBe(code);
  expect(fleet.tier.asked).toEqual(asked);
  expect(cli.out()).toContain(says);
  // Who says no has made no mistake.
  expect(cli.out()).not.toContain('INVALID_ARGUMENT');
});

it('wants to know where and how large, in words', async () => {
  expect((await tier('enable', '--size', '1')).err).toContain(
    '--path, a folder on local storage, is missing',
  );
  expect((await tier('enable', '--path', '/mnt')).err).toContain('--size, in GiB, is missing');
  expect((await tier('enable', '--path', '/mnt', '--size', 'much', '--yes')).code).toBe(2);
  expect(fleet.tier.asked).toEqual([]);
});

it('explains nothing that would be refused', async () => {
  fleet.tier.refusal = new AirglowError(
    'INVALID_ARGUMENT',
    '/mnt/nvme cannot hold the tiered cache: it is full.',
  );
  const refused = await tier(...ENABLE, '--yes');
  expect(refused).toEqual({
    code: 2,
    out: '',
    err: 'airglow: /mnt/nvme cannot hold the tiered cache: it is full. (INVALID_ARGUMENT)\n',
  });
});

it('refuses in the words of the command line', async () => {
  const small = await tier('enable', '--path', '/mnt/nvme', '--size', '0.05', '--yes');
  expect(small).toMatchObject({
    code: 2,
    err: 'airglow: --size must be 0.125 GiB at least (INVALID_ARGUMENT)\n',
  });
  expect((await tier('enable', '--path', '', '--size', '1')).err).toContain('an empty text names no folder');
  expect((await tier('enable', '--path', '--yes', '--size', '1')).err).toBe(
    'airglow: --path <folder> needs a value, and --yes looks like an option (INVALID_ARGUMENT)\n',
  );
});

it('names commands with the folder that was given, which may stand anywhere', async () => {
  fleet.tier.disable = async () => {
    throw new AirglowError('TIER_IN_USE', 'In use: airglow cluster modify shop --tiered-cache 0 --restart.');
  };
  const way = `airglow cluster modify --state ${stateDir} shop --tiered-cache 0 --restart.`;
  expect((await tier('disable')).err).toContain(way);
  const places = [
    ['host', 'tiered-cache', '--state', stateDir, 'disable'],
    ['host', '--state', stateDir, 'tiered-cache', 'disable'],
  ];
  for (const place of places) expect((await runCliHere(place)).err).toContain(way);
});

it('asks nobody about what cannot be had', async () => {
  fleet.tier.change({ state: 'unavailable', reason: 'Only root may turn swap on.' });
  expect((await tier('status')).out).toContain('unavailable: Only root may turn swap on.');
});

it('is found by help', async () => {
  const { out } = await runCliHere(['host', 'tiered-cache', '--help']);
  for (const word of ['enable', 'status', 'disable']) expect(out).toContain(word);
});
