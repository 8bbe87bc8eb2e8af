import { describe, expect, it } from 'vitest';
import { FakeFiles, systemError } from './fake-files-fixture.ts';
import type { CgroupMount } from './mounts.ts';
import { findV1 } from './places-v1.ts';

const PAGE_BYTES = 4096;

function mount(path: string, ...controllers: string[]): CgroupMount {
  return { version: 1, path, controllers };
}

function host(): FakeFiles {
  const files = new FakeFiles();
  Object.assign(files.inNewFolders, { notify_on_release: '0', 'cgroup.procs': '', 'cpu.cfs_burst_us': '0' });
  return files;
}

describe('v1 hierarchies', () => {
  it('may be mounted together', async () => {
    const files = host();
    const mounts = [mount('/cg/cpu,cpuacct', 'cpu', 'cpuacct'), mount('/cg/memory', 'memory')];
    const found = await findV1(files, mounts, 'airglow', PAGE_BYTES);
    expect(found).toMatchObject({
      version: 1,
      capabilities: { cpu: true, memory: true, freezer: false, burst: true, pressure: false },
    });
    if (typeof found === 'string') throw new Error(found);
    const group = await found.open('shop');
    expect(group.folders).toEqual([
      '/cg/cpu,cpuacct/airglow/shop/db',
      '/cg/cpu,cpuacct/airglow/shop/exempt',
      '/cg/cpu,cpuacct/airglow/shop',
      '/cg/memory/airglow/shop',
    ]);
    await expect(group.freeze(10)).rejects.toMatchObject({ code: 'FREEZE_FAILED' });
    await group.thaw();
    expect(group.isFrozen()).toBe(false);
  });

  it('that are mounted twice are used once', async () => {
    const mounts = [mount('/a', 'memory'), mount('/b', 'memory')];
    const found = await findV1(host(), mounts, 'airglow', PAGE_BYTES);
    if (typeof found === 'string') throw new Error(found);
    expect((await found.open('shop')).folders).toEqual(['/a/airglow/shop']);
  });

  it('that may not be written are done without', async () => {
    const files = host();
    files.onMakeFolder = (path) => {
      if (path.startsWith('/cg/memory')) throw systemError('EACCES', path);
    };
    const mounts = [mount('/cg/cpu', 'cpu'), mount('/cg/cpuacct', 'cpuacct'), mount('/cg/memory', 'memory')];
    const found = await findV1(files, mounts, 'airglow', PAGE_BYTES);
    expect(found).toMatchObject({ capabilities: { cpu: true, memory: false } });
    if (typeof found === 'string') throw new Error(found);
    const group = await found.open('shop');
    await group.setMemoryBytes(1e9);
    expect(group.memoryAccount()).toBeNull();
    expect(group.folders.join()).not.toContain('memory');
  });

  it('of accounts alone limit nothing, and leave nothing behind', async () => {
    const files = host();
    const found = await findV1(files, [mount('/cg/cpuacct', 'cpuacct')], 'airglow', PAGE_BYTES);
    expect(found).toContain('is mounted');
    expect(files.exists('/cg/cpuacct/airglow')).toBe(false);
  });

  it('that are all closed say which one', async () => {
    const files = host();
    files.onMakeFolder = (path) => {
      throw systemError('EROFS', path);
    };
    const found = await findV1(files, [mount('/cg/memory', 'memory')], 'airglow', PAGE_BYTES);
    expect(found).toBe('/cg/memory/airglow cannot be made or written (EROFS)');
  });
});
