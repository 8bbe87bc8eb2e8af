import { describe, expect, it } from 'vitest';
import { FakeFiles, systemError } from './fake-files-fixture.ts';
import { openGroupV1 } from './group-v1.ts';
import type { KernelGroup } from './kernel-group.ts';

const PAGE_BYTES = 4096;
const DB = '/cg/airglow/shop/db';
const TOP = '/cg/airglow/shop';

/** A v1 hierarchy with everything in it. */
async function openShop(): Promise<{ files: FakeFiles; group: KernelGroup }> {
  const files = new FakeFiles().put('/cg/airglow/cgroup.procs', '');
  Object.assign(files.inNewFolders, {
    'cgroup.procs': '',
    'cpu.cfs_quota_us': '-1\n',
    'cpu.cfs_period_us': '100000\n',
    'memory.limit_in_bytes': '9223372036854771712\n',
    'memory.usage_in_bytes': '0\n',
    'memory.stat': 'total_cache 0\n',
    'memory.use_hierarchy': '0\n',
    'freezer.state': 'THAWED\n',
  });
  const controllers = ['cpu', 'cpuacct', 'memory', 'freezer'];
  const group = await openGroupV1(
    files,
    [{ path: '/cg', root: '/cg/airglow', controllers }],
    'shop',
    PAGE_BYTES,
  );
  return { files, group };
}

describe('a group whose hierarchy holds every controller', () => {
  it('has one folder with two below it', async () => {
    const { files, group } = await openShop();
    expect(group.folders).toEqual([DB, `${TOP}/exempt`, TOP]);
    expect(files.folders(TOP)).toEqual(['db', 'exempt']);
  });

  it('asks for the memory of those below it to be counted, as old kernels must be', async () => {
    const { files } = await openShop();
    expect(files.read(`${TOP}/memory.use_hierarchy`)).toBe('1');
  });

  it('limits memory and freezes at the top, and limits CPU below', async () => {
    const { files, group } = await openShop();
    await group.setCpus(0.5);
    await group.setMemoryBytes(100_000_000);
    expect(group.limits()).toEqual({ cpus: 0.5, memoryBytes: 99_999_744, swapBytes: null });
    expect(files.read(`${TOP}/memory.limit_in_bytes`)).toBe('99999744');
    expect(files.read(`${TOP}/cpu.cfs_quota_us`)).toBe('-1\n');
  });
});

describe('a CPU limit that the kernel does not take', () => {
  it('is refused with the file and the way out', async () => {
    const { files, group } = await openShop();
    files.onWrite(`${DB}/cpu.cfs_quota_us`, (_, path) => {
      throw systemError('EINVAL', path);
    });
    await expect(group.setCpus(0.5)).rejects.toMatchObject({
      code: 'LIMIT_REFUSED',
      message: expect.stringMatching(/cpu\.cfs_quota_us \(EINVAL\).*above/) as string,
    });
  });

  it('leaves the old one in force', async () => {
    const { files, group } = await openShop();
    await group.setCpus(2);
    const before = group.limits();
    files.onWrite(`${DB}/cpu.cfs_quota_us`, (text, path) => {
      if (text !== '20000') throw systemError('EACCES', path);
      files.put(path, text);
    });
    await expect(group.setCpus(0.25)).rejects.toMatchObject({
      code: 'LIMIT_REFUSED',
      message: expect.stringContaining('as root') as string,
    });
    expect(group.limits()).toEqual(before);
  });

  it('is noticed where it is ignored', async () => {
    const { files, group } = await openShop();
    files.onWrite(`${DB}/cpu.cfs_quota_us`, () => {});
    await expect(group.setCpus(0.5)).rejects.toMatchObject({
      code: 'LIMIT_REFUSED',
      message: expect.stringContaining('Another program') as string,
    });
  });

  it('is not written again where it is in force already', async () => {
    const { files, group } = await openShop();
    await group.setCpus(0.5);
    const { length } = files.writes;
    await group.setCpus(0.5);
    expect(files.writes).toHaveLength(length);
  });
});

describe('a memory limit that the kernel does not take', () => {
  it('is noticed where it is ignored', async () => {
    const { files, group } = await openShop();
    files.onWrite(`${TOP}/memory.limit_in_bytes`, () => {});
    await expect(group.setMemoryBytes(1e9)).rejects.toMatchObject({ code: 'LIMIT_REFUSED' });
  });

  it('is refused with the file and the way out', async () => {
    const { files, group } = await openShop();
    await group.setMemoryBytes(1e9);
    files.onWrite(`${TOP}/memory.limit_in_bytes`, (_, path) => {
      throw systemError('EROFS', path);
    });
    await expect(group.setMemoryBytes(2e9)).rejects.toMatchObject({
      code: 'LIMIT_REFUSED',
      message: expect.stringContaining('read-only') as string,
    });
  });
});

describe('a file that goes', () => {
  it('with its group means that the group is gone', async () => {
    const { files, group } = await openShop();
    files.vanish(TOP);
    await expect(group.setCpus(1)).rejects.toMatchObject({ code: 'GROUP_GONE' });
    expect(() => group.limits()).toThrow(expect.objectContaining({ code: 'GROUP_GONE' }));
  });

  it('between two looks means the same', async () => {
    const { files, group } = await openShop();
    files.onWrite(`${DB}/cpu.cfs_period_us`, (_, path) => {
      files.vanish(TOP);
      throw systemError('ENODEV', path);
    });
    await expect(group.setCpus(1)).rejects.toMatchObject({ code: 'GROUP_GONE' });
  });

  it('alone means that the kernel has none', async () => {
    const { files, group } = await openShop();
    files.onWrite(`${DB}/cpu.cfs_period_us`, (_, path) => {
      throw systemError('ENOENT', path);
    });
    await expect(group.setCpus(1)).rejects.toMatchObject({
      code: 'LIMIT_REFUSED',
      message: expect.stringContaining('This kernel has no') as string,
    });
  });
});

describe('removing', () => {
  it('thaws first, moves who is left, and waits for those on their way out', async () => {
    const { files, group } = await openShop();
    files.put(`${TOP}/freezer.state`, 'FROZEN\n').put(`${DB}/cgroup.procs`, '42\n43\n');
    files.put('/cg/cgroup.procs', '');
    files.onWrite('/cg/cgroup.procs', (text, path) => {
      if (text === '43') throw systemError('ESRCH', path);
      files.put(path, text);
      files.put(`${DB}/cgroup.procs`, '');
    });
    let refusals = 3;
    files.onRemoveFolder = (path) => {
      if (path === DB && refusals-- > 0) throw systemError('EBUSY', path);
    };
    await group.remove();
    expect(files.writes[0]).toBe('memory.use_hierarchy: 1');
    expect(files.writes[1]).toBe('freezer.state: THAWED');
    expect(files.read('/cg/cgroup.procs')).toBe('42');
    expect(files.exists(TOP)).toBe(false);
  });

  it('says who may not', async () => {
    const { files, group } = await openShop();
    files.onRemoveFolder = (path) => {
      throw systemError('EACCES', path);
    };
    await expect(group.remove()).rejects.toMatchObject({ code: 'LIMIT_REFUSED' });
  });
});
