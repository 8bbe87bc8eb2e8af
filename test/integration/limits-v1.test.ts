import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startLoadProcess } from '../../src/kernel/limits/load-process-fixture.ts';
import { hasLimits, openLimits } from '../../src/kernel/limits/open-limits.ts';
import { describeResourceGroup } from '../../src/kernel/limits/resource-group.conformance.ts';
import { slowDown } from '../kit/slow-disk.ts';
import { waitFor } from '../kit/wait-for.ts';

const MIB = 1024 ** 2;

describeResourceGroup('cgroup v1', async () => {
  const host = await openLimits({ root: `airglow-test-v1-${process.pid}` });
  if (!hasLimits(host) || host.version === 1) return host;
  await host.removeRoot();
  return { reason: 'cgroup v2 has the controllers here', remedy: '' };
});

it('a process that waits for a disk cannot be frozen, so all go on after the time-out', async (ctx) => {
  const host = await openLimits({ root: `airglow-test-slow-${process.pid}` });
  if (!hasLimits(host) || host.version !== 1) return ctx.skip('no cgroup v1 here');
  if (!host.capabilities.freezer || !host.capabilities.memory)
    return ctx.skip('no freezer or no memory here');
  const group = await host.open('shop');
  const load = await startLoadProcess();
  const path = join(tmpdir(), `airglow-limits-slow-${process.pid}`);
  let slow: Awaited<ReturnType<typeof slowDown>> | undefined;
  try {
    await group.enter(load.pid);
    // Most of the file is dropped again, so that it has to be read from the disk.
    await group.setMemoryBytes(32 * MIB);
    await load.writeFile(path, 128 * MIB);
    slow = await slowDown('limits', load.pid, tmpdir(), 65_536);
    if (typeof slow === 'string') return ctx.skip(slow);
    const reading = load.readFile(path);
    await waitFor(
      async () =>
        group.freeze(150).then(
          () => group.thaw(),
          (error: { code?: string }) => error.code === 'FREEZE_FAILED',
        ),
      { what: 'a freeze that fails' },
    );
    expect(group.isFrozen()).toBe(false);
    await slow.remove();
    slow = undefined;
    await reading;
  } finally {
    if (typeof slow === 'object') await slow.remove();
    await load.stop();
    await group.remove();
    await host.removeRoot();
    await rm(path, { force: true });
  }
});
