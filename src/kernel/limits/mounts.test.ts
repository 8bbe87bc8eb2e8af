import { expect, it } from 'vitest';
import { parseCgroupMounts, parseOwnGroup } from './mounts.ts';

it('hierarchies of v1 may hold one controller or several, and those without any of ours are left out', () => {
  const text = [
    'proc /proc proc rw,relatime 0 0',
    'tmpfs /sys/fs/cgroup tmpfs ro,nosuid,mode=755 0 0',
    'cgroup2 /sys/fs/cgroup/unified cgroup2 rw,relatime,nsdelegate 0 0',
    'cgroup /sys/fs/cgroup/systemd cgroup rw,relatime,xattr,name=systemd 0 0',
    'cgroup /sys/fs/cgroup/cpu,cpuacct cgroup rw,nosuid,relatime,cpu,cpuacct 0 0',
    'cgroup /sys/fs/cgroup/memory cgroup rw,relatime,memory 0 0',
    'cgroup /sys/fs/cgroup/pids cgroup rw,relatime,pids 0 0',
    'cgroup /mnt/my\\040groups cgroup rw,freezer 0 0',
  ].join('\n');
  expect(parseCgroupMounts(text)).toEqual([
    { version: 2, path: '/sys/fs/cgroup/unified', controllers: [] },
    { version: 1, path: '/sys/fs/cgroup/cpu,cpuacct', controllers: ['cpu', 'cpuacct'] },
    { version: 1, path: '/sys/fs/cgroup/memory', controllers: ['memory'] },
    { version: 1, path: '/mnt/my groups', controllers: ['freezer'] },
  ]);
});

it('our own group is looked for in the v2 hierarchy only', () => {
  const text = '4:memory:/other\n1:cpu:/\n0::/user.slice/user-1000.slice/run-7.scope\n';
  expect(parseOwnGroup(text, '/sys/fs/cgroup')).toBe('/sys/fs/cgroup/user.slice/user-1000.slice/run-7.scope');
  expect(parseOwnGroup('0::/\n', '/sys/fs/cgroup')).toBe('/sys/fs/cgroup');
  expect(parseOwnGroup('4:memory:/other\n', '/sys/fs/cgroup')).toBeNull();
  // Outside of the namespace that is mounted.
  expect(parseOwnGroup('0::/../other\n', '/sys/fs/cgroup')).toBeNull();
});
