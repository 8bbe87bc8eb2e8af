import { existsSync } from 'node:fs';
import { open, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LocalHostTier } from '../../src/cluster/host-tier/host-tier.ts';
import { HostTierKeeper } from '../../src/daemon/serverless/host-tier-keeper.ts';
import { readMountOf } from '../../src/kernel/swap/mount-of.ts';
import { turnOffSwapFile } from '../../src/kernel/swap/swap-file.ts';
import type { SwapSystem } from '../../src/kernel/swap/swap-system.ts';
import { openTestFleet } from '../kit/fleet.ts';
import { openSwapHost, overfill } from '../kit/swap-host.ts';
import type { SwapHost } from '../kit/swap-host.ts';

/** Real swap files on real disks. Fences are around groups of the test's own, so that nobody else here loses his swap. */
const MIB = 1024 ** 2;
const SIZE = 256 * MIB;

const opened = await openSwapHost();
const refusal = typeof opened === 'string' ? opened : await tryOut(opened);
if (typeof opened !== 'string') await opened[Symbol.asyncDispose]();
if (refusal !== null) console.warn(`No swap file can be turned on here, so nothing is tested: ${refusal}`);

async function tryOut(host: SwapHost): Promise<string | null> {
  try {
    await tierOf(host).enable({ path: host.disk, sizeBytes: SIZE });
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

function tierOf(host: SwapHost, system: SwapSystem = host.system): LocalHostTier {
  return new LocalHostTier({
    stateDir: host.stateDir,
    system,
    unlimited: null,
    tenants: () => [],
    log: () => {},
  });
}

describe.runIf(refusal === null)('the tier of a host', () => {
  let host: SwapHost;
  let file: string;
  let knob: string;
  let tier: LocalHostTier;

  beforeEach(async () => {
    host = (await openSwapHost()) as SwapHost;
    file = join(host.disk, 'airglow-tier.swap');
    knob = host.place.version === 1 ? 'memory.swappiness' : 'memory.swap.max';
    tier = tierOf(host);
    await tier.open();
  });

  afterEach(() => host[Symbol.asyncDispose]());

  const enable = (of = tier) => of.enable({ path: host.disk, sizeBytes: SIZE });
  const area = () => host.system.areas().find(({ path }) => path === file);
  const values = () =>
    ['airglow', 'other', 'other/inner']
      .map((name) => host.value(`${name}/${knob}`))
      .concat(['swappiness', 'page-cluster'].map((name) => host.value(name)));
  const recordFile = () => join(host.stateDir, 'host-tier.json');

  it('is a swap file without holes that only its owner reads, used before any other; then everything is as before', async () => {
    const before = values();
    expect(await enable()).toMatchObject({ state: 'on', path: host.disk, sizeBytes: SIZE });
    expect(area()).toMatchObject({ sizeBytes: SIZE, priority: 32_767 });
    const { mode, size, blocks } = await stat(file);
    expect(mode & 0o777).toBe(0o600);
    expect(blocks * 512).toBeGreaterThanOrEqual(size);
    const [own, other, inner, swappiness, pageCluster] = values();
    expect([own, other, pageCluster]).toEqual([before[0], '0', '0']);
    // Version 2 hands down limits, version 1 values.
    expect([inner, swappiness]).toEqual(host.place.version === 1 ? ['0', '0'] : [before[2], '9']);

    expect(await tier.disable()).toMatchObject({ state: 'off', sizeBytes: 0 });
    expect(values()).toEqual(before);
    expect([area(), existsSync(file), existsSync(recordFile())]).toEqual([undefined, false, false]);
  });

  it("takes the memory of Airglow's groups, gives it back, and has nothing of others", async () => {
    await enable();
    const filled = await overfill(host.place, 'airglow', async () => {
      const { usedBytes, otherSwap } = await tier.status();
      expect(usedBytes).toBeGreaterThan(32 * MIB);
      expect(otherSwap.map(({ path }) => path)).not.toContain(file);
      // Nobody of a database's: what lies there comes back to memory.
      await writeFile(
        join(host.place.own, host.place.version === 1 ? 'memory.limit_in_bytes' : 'memory.max'),
        String(1024 * MIB),
      );
      await tier.disable();
      expect(area()).toBeUndefined();
    });
    expect(filled).toBe(true);

    await enable();
    // Kept out of swap, it has nowhere to go.
    expect(await overfill(host.place, 'other/inner')).toBe(false);
  });

  it('outlives the daemon, and the next one gives everything back', async () => {
    const before = values();
    await enable();
    const next = tierOf(host);
    await next.open();
    expect(await next.status()).toMatchObject({ state: 'on', sizeBytes: SIZE });
    expect(next.sizeBytes).toBe(SIZE);
    await next.disable();
    expect(values()).toEqual(before);
    expect(area()).toBeUndefined();
  });

  it.each(['enabling', 'disabling'])(
    'left half way by a kill while %s, is taken away by the next one',
    async (phase) => {
      const before = values();
      await enable();
      const text = await readFile(recordFile(), 'utf8');
      await writeFile(recordFile(), text.replace('"phase": "on"', `"phase": "${phase}"`));
      const next = tierOf(host);
      await next.open();
      expect(await next.status()).toMatchObject({ state: 'off' });
      expect(values()).toEqual(before);
      expect([area(), existsSync(file), existsSync(recordFile())]).toEqual([undefined, false, false]);
    },
  );

  it('comes back after a reboot', async () => {
    await enable();
    await turnOffSwapFile(file);
    const next = tierOf(host, { ...host.system, bootId: 'another' });
    await next.open();
    expect(await next.status()).toMatchObject({ state: 'on' });
    expect(area()).toMatchObject({ priority: 32_767 });
    await next.disable();
  });

  it('turned off by somebody is lost, and can be switched on again', async () => {
    await enable();
    await turnOffSwapFile(file);
    expect(await tier.status()).toMatchObject({
      state: 'lost',
      reason: expect.stringContaining('swapoff') as string,
    });
    expect(tier.sizeBytes).toBe(0);
    expect(await enable()).toMatchObject({ state: 'on' });
    await tier.disable();
  });

  it('writes the file in full where the kernel finds holes in it', async () => {
    const withHoles: SwapSystem = {
      ...host.system,
      async make(path, bytes) {
        const made = await open(path, 'wx', 0o600);
        await made.truncate(bytes);
        await made.close();
      },
    };
    const careful = tierOf(host, withHoles);
    expect(await enable(careful)).toMatchObject({ state: 'on' });
    expect(area()).toMatchObject({ sizeBytes: SIZE });
    await careful.disable();
  });

  it('is refused in memory, and where there is no room', async (ctx) => {
    await expect(tier.enable({ path: host.disk, sizeBytes: 2 ** 49 })).rejects.toMatchObject({
      code: 'TIER_UNAVAILABLE',
      message: expect.stringContaining('free') as string,
    });
    if (readMountOf('/dev/shm')?.type !== 'tmpfs') return ctx.skip('no tmpfs here');
    await expect(tier.enable({ path: '/dev/shm', sizeBytes: SIZE })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
    expect(existsSync(recordFile())).toBe(false);
  });

  it('of a temporary fleet ends with it; else it stays', async () => {
    const keeper = (temporary: boolean) =>
      new HostTierKeeper({
        stateDir: host.stateDir,
        limits: { open: null, capabilities: { memory: true } } as never,
        temporary,
        runners: () => [],
        log: () => {},
        system: host.system,
      });
    const lasting = keeper(false);
    await lasting.open();
    await lasting.enable({ path: host.disk, sizeBytes: SIZE });
    await lasting.close();
    expect(area()).toBeDefined();

    const passing = keeper(true);
    await passing.open();
    const release = passing.reserve('shop', SIZE);
    expect(await passing.status()).toMatchObject({ promisedBytes: SIZE, users: [{ name: 'shop' }] });
    expect(() => passing.reserve('crm', SIZE)).toThrow(expect.objectContaining({ code: 'TIER_UNAVAILABLE' }));
    release();
    passing.reserve('crm', SIZE);
    await passing.close();
    expect(area()).toBeUndefined();
  });
});

it('a database is refused a tier that the host does not have, before anything of it is made', async () => {
  await using test = await openTestFleet();
  const { fleet } = test;
  await expect(fleet.create({ name: 'shop', tieredCacheBytes: SIZE })).rejects.toMatchObject({
    code: 'TIER_UNAVAILABLE',
    message: expect.stringContaining('airglow host tiered-cache enable --path DIR --size 1') as string,
  });
  expect(fleet.list()).toEqual([]);
  expect(['off', 'unavailable']).toContain((await fleet.tier.status()).state);
});
