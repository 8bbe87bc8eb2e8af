import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ProgramFailed } from '../../kernel/swap/swap-programs.ts';
import { LocalHostTier } from './host-tier.ts';
import type { TierTenant } from './model.ts';
import { FakeSwapSystem } from './swap-system-fixture.ts';

const MIB = 1024 ** 2;
const SIZE = 256 * MIB;
let folder: string;
let stateDir: string;
let disk: string;
let file: string;
let system: FakeSwapSystem;
let log: string[];
let tenants: TierTenant[];

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'airglow-host-tier-')));
  [stateDir, disk] = [join(folder, 'state'), join(folder, 'disk')];
  for (const each of [stateDir, disk]) await mkdir(each);
  file = join(disk, 'airglow-tier.swap');
  system = new FakeSwapSystem();
  log = [];
  tenants = [];
});

afterEach(() => rm(folder, { recursive: true, force: true }));

async function open(unlimited: string | null = null): Promise<LocalHostTier> {
  const tier = new LocalHostTier({
    stateDir,
    system,
    unlimited,
    tenants: () => tenants,
    log: (line) => log.push(line),
  });
  await tier.open();
  return tier;
}

const request = () => ({ path: disk, sizeBytes: SIZE });
const record = (): string => join(stateDir, 'host-tier.json');
const values = (): Record<string, string> => Object.fromEntries(system.values);
const BEFORE = {
  '/vm/page-cluster': '3',
  '/vm/swappiness': '60',
  '/cg/a/memory.swappiness': '40',
  '/cg/b/memory.swappiness': '0',
};

describe('switching on and off', () => {
  it('has the file ready and the fences up before anything can be swapped out, and gives all of it back', async () => {
    const tier = await open();
    expect(await tier.status()).toMatchObject({ state: 'off', reason: null, path: null, sizeBytes: 0 });
    const on = await tier.enable(request());
    expect(on).toMatchObject({ state: 'on', reason: null, path: disk, sizeBytes: SIZE });
    expect(tier.sizeBytes).toBe(SIZE);
    expect(system.steps).toEqual([
      ...['make', 'format'],
      ...['/vm/page-cluster=0', '/vm/swappiness=0', '/cg/a/memory.swappiness=0'],
      'on',
    ]);
    // The first page of an area says what it is.
    expect(system.files.get(file)).toBe(SIZE + system.pageBytes);
    expect((await stat(record())).mode & 0o777).toBe(0o600);

    expect(await tier.disable()).toMatchObject({ state: 'off', path: null, sizeBytes: 0, usedBytes: 0 });
    expect(tier.sizeBytes).toBe(0);
    expect(values()).toEqual(BEFORE);
    expect([system.files.size, system.on.size, existsSync(record())]).toEqual([0, 0, false]);
  });

  it.each([
    ['of any size is removed', false],
    ['of somebody else is left there, and that is said', true],
  ])('a file of its name %s', async (_what, isForeign) => {
    const tier = await open();
    await tier.enable(request());
    system.on.delete(file);
    system.files.set(file, 7);
    if (isForeign) system.foreign.add(file);
    await tier.disable();
    expect(system.files.has(file)).toBe(isForeign);
    expect(log.some((line) => line.includes(`${file} belongs to another user: it is left there`))).toBe(
      isForeign,
    );
    expect([values(), existsSync(record())]).toEqual([BEFORE, false]);
  });

  it('is no error twice, and refuses another place or size while it is on', async () => {
    const tier = await open();
    await tier.disable();
    await tier.enable(request());
    const steps = system.steps.length;
    expect(await tier.enable({ path: `${disk}/`, sizeBytes: SIZE })).toMatchObject({ state: 'on' });
    expect(system.steps).toHaveLength(steps);
    await expect(tier.enable({ path: disk, sizeBytes: 2 * SIZE })).rejects.toMatchObject({
      code: 'TIER_UNAVAILABLE',
      message: expect.stringContaining(`a tier of 256 MiB in ${disk} already`) as string,
    });
  });

  it('gives back only what is still ours, and what groups that came since have inherited', async () => {
    const tier = await open();
    await tier.enable(request());
    system.values.set('/cg/a/memory.swappiness', '10');
    system.values.set('/cg/late/memory.swappiness', '0');
    await tier.disable();
    expect(values()).toEqual({
      ...BEFORE,
      '/cg/a/memory.swappiness': '10',
      '/cg/late/memory.swappiness': '60',
    });
  });

  it('looks after groups that come later, and after what others change', async () => {
    const tier = await open();
    await tier.enable(request());
    system.values.set('/cg/new/memory.swappiness', '30');
    system.values.set('/vm/swappiness', '20');
    system.values.delete('/cg/a/memory.swappiness');
    await tier.renew();
    expect(system.values.get('/cg/new/memory.swappiness')).toBe('0');
    expect(system.values.get('/vm/swappiness')).toBe('0');
    expect(await readFile(record(), 'utf8')).not.toContain('/cg/a/');
    await tier.disable();
    expect(system.values.get('/cg/new/memory.swappiness')).toBe('30');
    expect(system.values.get('/vm/swappiness')).toBe('20');
  });

  it('does not touch a file that is there already', async () => {
    system.files.set(file, 7);
    const tier = await open();
    await expect(tier.enable(request())).rejects.toMatchObject({ code: 'TIER_UNAVAILABLE' });
    expect(system.files.get(file)).toBe(7);
    expect(existsSync(record())).toBe(false);
  });
});

describe('where the kernel refuses', () => {
  it('writes the file in full where only asked-for room counts as holes', async () => {
    system.faults.set('turnOn', new ProgramFailed('swapon', 'swapon failed: Invalid argument'));
    const tier = await open();
    expect(await tier.enable(request())).toMatchObject({ state: 'on' });
    expect(system.steps.slice(-3)).toEqual(['fill', 'format', 'on']);
  });

  it.each([
    ['turnOn', new ProgramFailed('swapon', 'swapon failed: Operation not permitted'), 'CAP_SYS_ADMIN'],
    ['make', Object.assign(new Error('no space left'), { code: 'ENOSPC' }), 'Free some room'],
    ['format', new ProgramFailed('mkswap', 'mkswap is not installed', true), 'Install util-linux'],
  ])('by %s, leaves everything as it was and says the way out', async (method, fault, remedy) => {
    system.faults.set(method, fault);
    const tier = await open();
    await expect(tier.enable(request())).rejects.toMatchObject({
      code: 'TIER_UNAVAILABLE',
      message: expect.stringContaining(remedy) as string,
    });
    expect(values()).toEqual(BEFORE);
    expect([system.files.size, system.on.size, existsSync(record())]).toEqual([0, 0, false]);
    expect(await tier.status()).toMatchObject({ state: 'off' });
  });

  it('keeps it on where it cannot be turned off', async () => {
    const tier = await open();
    await tier.enable(request());
    system.faults.set('turnOff', new ProgramFailed('swapoff', 'Cannot allocate memory'));
    await expect(tier.disable()).rejects.toThrow('Cannot allocate memory');
    expect(await tier.status()).toMatchObject({ state: 'on' });
    expect(tier.sizeBytes).toBe(SIZE);
  });

  it('is gone when somebody turned it off, and not when only its file is', async () => {
    const tier = await open();
    expect(await tier.whyGone()).toBeNull();
    await tier.enable(request());
    expect(await tier.whyGone()).toBeNull();
    system.files.clear();
    expect(await tier.status()).toMatchObject({ state: 'lost' });
    expect(await tier.whyGone()).toBeNull();
    system.on.clear();
    expect(await tier.whyGone()).toContain('is gone');
    await tier.disable();
    expect(await tier.whyGone()).toBeNull();
  });

  it('counts the values that others may not have', async () => {
    const tier = await open();
    system.faults.set('writeValue', Object.assign(new Error('no'), { code: 'EPERM' }));
    expect((await tier.enable(request())).keptOut).toContainEqual(
      expect.stringMatching(/^1 value of other groups could not be set/),
    );
  });

  it('leaves alone who lives with swap, as long as he does', async () => {
    const tier = await open();
    const a = '/cg/a/memory.swappiness';
    system.dangerous.add(a);
    const { keptOut } = await tier.enable(request());
    expect(keptOut).toContainEqual(expect.stringMatching(/^1 other group lives with swap/));
    expect(values()).toMatchObject({ [a]: '40', '/vm/swappiness': '0' });
    system.dangerous.clear();
    await tier.renew();
    expect(values()).toMatchObject({ [a]: '0' });
    expect((await tier.status()).keptOut.join(' ')).not.toContain('lives with swap');
    // A fence that stands is not taken down.
    system.dangerous.add(a);
    await tier.renew();
    expect(values()).toMatchObject({ [a]: '0' });
    await tier.disable();
    expect(values()).toEqual(BEFORE);
  });

  it('says why it cannot be had at all', async () => {
    system.unavailable = 'Only root may.';
    expect(await (await open()).status()).toMatchObject({ state: 'unavailable', reason: 'Only root may.' });
    system.unavailable = null;
    const tier = await open('No limits here.');
    expect(await tier.status()).toMatchObject({ state: 'unavailable', reason: 'No limits here.' });
    await expect(tier.enable(request())).rejects.toMatchObject({ code: 'TIER_UNAVAILABLE' });
    expect(system.steps).toEqual([]);
  });
});

describe('databases', () => {
  const shop = { name: 'shop', wantedBytes: SIZE, startedBytes: 0, isRunning: true, usedBytes: 5 * MIB };

  it('are told of with what they were promised', async () => {
    const tier = await open();
    tenants = [shop, { ...shop, name: 'crm', wantedBytes: 0 }];
    expect(await tier.enable(request())).toMatchObject({
      promisedBytes: SIZE,
      users: [{ name: 'shop', sizeBytes: SIZE, usedBytes: 5 * MIB }],
    });
  });

  it('that run with it keep it on; what stopped ones ask for stays theirs', async () => {
    const tier = await open();
    await tier.enable(request());
    tenants = [{ ...shop, startedBytes: SIZE }];
    await expect(tier.disable()).rejects.toMatchObject({ code: 'TIER_IN_USE' });
    expect(await tier.status()).toMatchObject({ state: 'on' });
    tenants = [{ ...shop, startedBytes: SIZE, isRunning: false }];
    expect(await tier.disable()).toMatchObject({ state: 'off', users: [{ name: 'shop' }] });
  });

  it('that left more there than fits memory keep it on', async () => {
    const tier = await open();
    await tier.enable(request());
    system.on.get(file)!.usedBytes = 200 * MIB;
    system.available = 300 * MIB;
    await expect(tier.disable()).rejects.toMatchObject({ code: 'TIER_IN_USE' });
  });
});

describe('after the daemon ended', () => {
  it('is found on', async () => {
    await (await open()).enable(request());
    const steps = system.steps.length;
    const tier = await open();
    expect(tier.sizeBytes).toBe(SIZE);
    expect(system.steps).toHaveLength(steps);
    await tier.disable();
    expect(values()).toEqual(BEFORE);
  });

  it('by a kill between any two steps of switching on or off, is wholly on or as if it had never been', async () => {
    const whole = await open();
    await whole.enable(request());
    await whole.disable();
    const steps = system.steps.length;
    expect(steps).toBeGreaterThan(9);
    for (let killedAfter = 0; killedAfter <= steps; killedAfter++) {
      system = new FakeSwapSystem();
      system.stepsLeft = killedAfter;
      const dying = await open();
      await dying.enable(request()).catch(() => {});
      await dying.disable().catch(() => {});
      system.revive();
      const tier = await open();
      const { state } = await tier.status();
      expect(['on', 'off']).toContain(state);
      const [isOn, swappiness] = [system.on.has(file), system.values.get('/vm/swappiness')];
      expect([isOn, swappiness]).toEqual(state === 'on' ? [true, '0'] : [false, '60']);
      await tier.disable();
      expect({ killedAfter, values: values() }).toEqual({ killedAfter, values: BEFORE });
      expect([system.files.size, system.on.size, existsSync(record())]).toEqual([0, 0, false]);
    }
  });

  it('and the host, too, is turned on again with new values noted', async () => {
    await (await open()).enable(request());
    system.reboot();
    const tier = await open();
    expect(await tier.status()).toMatchObject({ state: 'on', path: disk, sizeBytes: SIZE });
    expect(log.at(-1)).toContain('is on again');
    expect(system.values.get('/cg/c/memory.swappiness')).toBe('0');
    await tier.disable();
    expect(values()).toEqual({
      '/vm/page-cluster': '3',
      '/vm/swappiness': '50',
      '/cg/b/memory.swappiness': '0',
      '/cg/c/memory.swappiness': '50',
    });
  });

  it('by a kill while it was turned on again, is turned on again by the next one', async () => {
    for (const killedAfter of [1, 2, 3, 4, 5]) {
      system = new FakeSwapSystem();
      await (await open()).enable(request());
      system.reboot();
      system.stepsLeft = killedAfter;
      await open();
      system.revive();
      const tier = await open();
      expect(await tier.status()).toMatchObject({ state: 'on' });
      await tier.disable();
      expect(system.values.get('/vm/swappiness')).toBe('50');
    }
  });
});

describe('what is lost', () => {
  it('with its disk is said, is promised to nobody, and comes back when the disk does', async () => {
    await (await open()).enable(request());
    system.reboot();
    const bytes = system.files.get(file)!;
    system.files.delete(file);
    const tier = await open();
    const { state, reason, sizeBytes } = await tier.status();
    expect({ state, sizeBytes, supplied: tier.sizeBytes }).toEqual({
      state: 'lost',
      sizeBytes: 0,
      supplied: 0,
    });
    expect(reason).toBe(
      `${file} is gone. airglow host tiered-cache enable makes it anew, disable gives it up.`,
    );
    // Nobody is kept out of anything for a tier that is not there.
    expect(system.values.get('/vm/swappiness')).toBe('50');
    system.files.set(file, bytes);
    await tier.renew();
    expect(await tier.status()).toMatchObject({ state: 'on' });
  });

  it('by swapoff stays off until it is asked for again', async () => {
    const tier = await open();
    await tier.enable(request());
    system.on.delete(file);
    await tier.renew();
    expect(await tier.status()).toMatchObject({
      state: 'lost',
      reason: expect.stringContaining('swapoff') as string,
    });
    const later = await open();
    expect(await later.status()).toMatchObject({ state: 'lost' });
    expect(await later.enable(request())).toMatchObject({ state: 'on' });
    await later.disable();
    expect(values()).toEqual(BEFORE);
  });

  it('by removal of its file while it is on is said, and can be given up', async () => {
    const tier = await open();
    await tier.enable(request());
    system.files.delete(file);
    expect(await tier.status()).toMatchObject({
      state: 'lost',
      reason: expect.stringContaining('while in use') as string,
    });
    expect(tier.sizeBytes).toBe(0);
    await tier.disable();
    expect(values()).toEqual(BEFORE);
    expect(await tier.status()).toMatchObject({ state: 'off', otherSwap: [{ path: `${file} (deleted)` }] });
  });

  it('with its record is said, and nothing is guessed', async () => {
    await (await open()).enable(request());
    await writeFile(record(), '{"format":1}');
    const tier = await open();
    expect(await tier.status()).toMatchObject({ state: 'lost' });
    await expect(tier.disable()).rejects.toMatchObject({ code: 'STATE_CORRUPT' });
    await expect(tier.enable(request())).rejects.toMatchObject({ code: 'STATE_CORRUPT' });
  });
});
