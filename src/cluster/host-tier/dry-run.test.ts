import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { LocalHostTier } from './host-tier.ts';
import type { TierRequest } from './model.ts';
import { FakeSwapSystem } from './swap-system-fixture.ts';

const SIZE = 256 * 1024 ** 2;
let folder: string;
let record: string;
let request: TierRequest;
let system: FakeSwapSystem;

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'airglow-host-tier-')));
  for (const name of ['state', 'disk']) await mkdir(join(folder, name));
  record = join(folder, 'state', 'host-tier.json');
  request = { path: join(folder, 'disk'), sizeBytes: SIZE };
  system = new FakeSwapSystem();
});

afterEach(() => rm(folder, { recursive: true, force: true }));

function open(): LocalHostTier {
  const stateDir = join(folder, 'state');
  return new LocalHostTier({ stateDir, system, unlimited: null, tenants: () => [], log: () => {} });
}

it('says beforehand whether it would be refused, and changes nothing for that', async () => {
  const tier = open();
  await tier.open();
  const dryRun = true;
  const before = new Map(system.values);
  expect(await tier.enable({ ...request, dryRun })).toMatchObject({ state: 'off', reason: null });
  await expect(tier.enable({ ...request, path: join(folder, 'none'), dryRun })).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
    message: expect.stringContaining('no such folder') as string,
  });
  await expect(tier.enable({ ...request, sizeBytes: 2 ** 49, dryRun })).rejects.toMatchObject({
    code: 'TIER_UNAVAILABLE',
  });
  expect([system.steps, existsSync(record), system.values]).toEqual([[], false, before]);
  await tier.enable(request);
  const steps = system.steps.length;
  expect(await tier.enable({ ...request, dryRun })).toMatchObject({ state: 'on' });
  await expect(tier.enable({ ...request, sizeBytes: 2 * SIZE, dryRun })).rejects.toThrow('already');
  // A lost one is not given up by asking.
  system.on.clear();
  expect(await tier.enable({ ...request, dryRun })).toMatchObject({ state: 'lost' });
  expect([system.steps.length, existsSync(record)]).toEqual([steps, true]);
});
