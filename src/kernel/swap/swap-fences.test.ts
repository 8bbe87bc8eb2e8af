import { expect, it } from 'vitest';
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
