import { describe, expect, it } from 'vitest';
import { FakeFiles } from '../limits/fake-files-fixture.ts';
import { countsSwap } from './memory-place.ts';
import { fencesOf } from './swap-fences.ts';

const filesOf = (files: FakeFiles, place: Parameters<typeof fencesOf>[1]): string[] =>
  fencesOf(files, place, '/vm').map(({ file, value, inheritsFrom }) =>
    [file, value, ...(inheritsFrom === null ? [] : [`from ${inheritsFrom}`])].join(' '),
  );

it('on version 1 they are around every group but ours, outermost first', () => {
  const files = new FakeFiles();
  const top = '/cg/memory';
  for (const group of ['airglow/shop', 'airglow', 'system.slice/cron', 'system.slice', 'docker']) {
    files.put(`${top}/${group}/memory.swappiness`, '60\n');
  }
  const place = { version: 1, top, own: `${top}/airglow` } as const;
  const fences = filesOf(files, place);
  expect(fences.slice(0, 2)).toEqual(['/vm/page-cluster 0', '/vm/swappiness 0']);
  expect(fences.slice(2).toSorted()).toEqual([
    `${top}/docker/memory.swappiness 0 from /vm/swappiness`,
    `${top}/system.slice/cron/memory.swappiness 0 from ${top}/system.slice/memory.swappiness`,
    `${top}/system.slice/memory.swappiness 0 from /vm/swappiness`,
  ]);
  // A group inherits from the one above it, so that one is looked at first.
  const at = (name: string): number => fences.findIndex((fence) => fence.startsWith(`${top}/${name}/`));
  expect(at('system.slice')).toBeLessThan(at('system.slice/cron'));

  expect(countsSwap(files, place)).toBe(false);
  files.put(`${top}/memory.memsw.limit_in_bytes`, '1');
  expect(countsSwap(files, place)).toBe(true);
});

it('on version 2 they are around the siblings on the way to ours, and never above ours', () => {
  const files = new FakeFiles();
  const user = '/cg/user.slice/airglow.service';
  const groups = ['system.slice', 'system.slice/cron', 'user.slice', 'user.slice/other.service'].map(
    (name) => `/cg/${name}`,
  );
  for (const group of [
    ...groups,
    user,
    `${user}/airglow`,
    `${user}/airglow/shop`,
    `${user}/airglow-daemon`,
  ]) {
    files.put(`${group}/memory.swap.max`, 'max\n');
  }
  files.put('/cg/no-memory-here/cgroup.procs', '');
  const fences = filesOf(files, { version: 2, top: '/cg', own: `${user}/airglow` });
  expect(fences.toSorted()).toEqual(
    [
      '/cg/system.slice/memory.swap.max 0',
      `${user}/airglow-daemon/memory.swap.max 0`,
      '/cg/user.slice/other.service/memory.swap.max 0',
      '/vm/page-cluster 0',
    ].toSorted(),
  );
  expect(filesOf(files, { version: 2, top: '/cg', own: '/cg/airglow' })).toEqual([
    '/vm/page-cluster 0',
    '/cg/system.slice/memory.swap.max 0',
    '/cg/user.slice/memory.swap.max 0',
  ]);
  expect(countsSwap(files, { version: 2, top: '/cg', own: `${user}/airglow` })).toBe(true);
  expect(countsSwap(files, { version: 2, top: '/cg', own: '/cg/airglow' })).toBe(false);
});

describe('a fence is dangerous', () => {
  const MIB = 1024 ** 2;
  const file = '/cg/docker/memory.swappiness';
  const v1 = (stat: string): boolean | undefined => {
    const files = new FakeFiles().put(file, '60').put('/cg/docker/memory.stat', stat);
    const place = { version: 1, top: '/cg', own: '/cg/airglow' } as const;
    return fencesOf(files, place, '/vm').find((fence) => fence.file === file)?.isDangerous;
  };
  const v2 = (texts: Record<string, string>): boolean | undefined => {
    const files = new FakeFiles().put('/cg/docker/memory.swap.max', 'max');
    for (const [name, text] of Object.entries(texts)) files.put(`/cg/docker/${name}`, text);
    return fencesOf(files, { version: 2, top: '/cg', own: '/cg/airglow' }, '/vm').at(-1)?.isDangerous;
  };
  const limited = `hierarchical_memory_limit ${100 * MIB}\n`;

  it.each([
    ['where something is on swap', `total_shmem 0\n${limited}total_swap 4096\n`, true],
    ['where shared memory nearly fills it', `total_shmem ${90 * MIB}\n${limited}total_swap 0\n`, true],
    ['not where it does not', `total_shmem ${70 * MIB}\n${limited}total_swap 0\n`, false],
    ['not where nobody tells', '', false],
  ])('on version 1 %s', (_, stat, expected) => {
    expect(v1(stat)).toBe(expected);
  });

  it.each([
    ['where something is on swap', { 'memory.swap.current': '4096\n' }, true],
    [
      'where shared memory nearly fills it',
      { 'memory.swap.current': '0\n', 'memory.max': `${100 * MIB}\n`, 'memory.stat': `shmem ${90 * MIB}\n` },
      true,
    ],
    [
      'not where it has no limit',
      { 'memory.swap.current': '0\n', 'memory.max': 'max\n', 'memory.stat': `shmem ${90 * MIB}\n` },
      false,
    ],
    ['not where nobody tells', {}, false],
  ])('on version 2 %s', (_, texts, expected) => {
    expect(v2(texts as Record<string, string>)).toBe(expected);
  });
});
