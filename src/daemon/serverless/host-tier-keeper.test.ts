import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { FakeSwapSystem } from '../../cluster/host-tier/swap-system-fixture.ts';
import { HostTierKeeper } from './host-tier-keeper.ts';

it.each([
  ['can have a tier', null, /Switch it on first: airglow host tiered-cache enable --path DIR --size 1$/],
  ['can have none', 'Only root may turn swap on. Run airglow up as root.', /Run airglow up as root$/],
])('who asks for a tier on a host that %s is told what helps', async (_, unavailable, says) => {
  const stateDir = await mkdtemp(join(tmpdir(), 'airglow-tier-keeper-'));
  const system = new FakeSwapSystem();
  system.unavailable = unavailable;
  const limits = { open: null, capabilities: { memory: true } } as never;
  const keeper = new HostTierKeeper({
    stateDir,
    limits,
    temporary: true,
    runners: () => [],
    log: () => {},
    system,
  });
  try {
    await keeper.open();
    keeper.reserve('shop', 0)();
    const refusal = { code: 'TIER_UNAVAILABLE', message: expect.stringMatching(says) as string };
    expect(() => keeper.reserve('shop', 1024 ** 3)).toThrow(expect.objectContaining(refusal));
  } finally {
    await keeper.close();
    await rm(stateDir, { recursive: true, force: true });
  }
});
