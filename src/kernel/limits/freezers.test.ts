import { expect, it } from 'vitest';
import { FakeFiles } from './fake-files-fixture.ts';
import { freeze, freezerV1, freezerV2, thaw } from './freezers.ts';

it('a process that does not stand still makes everything go on after the time-out (v1)', async () => {
  const files = new FakeFiles().put('/g/freezer.state', 'THAWED');
  files.onWrite('/g/freezer.state', (text, path) =>
    files.put(path, text === 'FROZEN' ? 'FREEZING\n' : 'THAWED\n'),
  );
  const freezing = freeze(freezerV1(files, '/g'), 'shop', 20);
  await expect(freezing).rejects.toMatchObject({
    code: 'FREEZE_FAILED',
    message: expect.stringContaining('20 ms') as string,
  });
  expect(files.read('/g/freezer.state')).toBe('THAWED\n');
  expect(files.writes).toEqual(['freezer.state: FROZEN', 'freezer.state: THAWED']);
});

it('and in v2, where the state is told in another file', async () => {
  const files = new FakeFiles()
    .put('/g/cgroup.freeze', '0')
    .put('/g/cgroup.events', 'populated 1\nfrozen 0\n');
  await expect(freeze(freezerV2(files, '/g'), 'shop', 20)).rejects.toMatchObject({ code: 'FREEZE_FAILED' });
  expect(files.read('/g/cgroup.freeze')).toBe('0');
});

it('a freeze is done when the kernel says so, not when it was asked for', async () => {
  const files = new FakeFiles()
    .put('/g/cgroup.freeze', '0')
    .put('/g/cgroup.events', 'populated 1\nfrozen 0\n');
  const freezer = freezerV2(files, '/g');
  let isDone = false;
  const freezing = freeze(freezer, 'shop', 30_000).then(() => (isDone = true));
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(isDone).toBe(false);
  files.put('/g/cgroup.events', 'populated 1\nfrozen 1\n');
  await freezing;
  expect(freezer.isFrozen()).toBe(true);
});

it('a group that is held by one above it cannot be thawed', async () => {
  const files = new FakeFiles().put('/g/freezer.state', 'FROZEN');
  files.onWrite('/g/freezer.state', () => {});
  await expect(thaw(freezerV1(files, '/g'), 'shop')).rejects.toMatchObject({
    code: 'FREEZE_FAILED',
    message: expect.stringContaining('above') as string,
  });
});

it('a group that is gone is not frozen, and cannot be', async () => {
  const files = new FakeFiles().put('/g/freezer.state', 'THAWED');
  const freezer = freezerV1(files, '/g');
  files.vanish('/g');
  expect(freezer.isFrozen()).toBe(false);
  await expect(freeze(freezer, 'shop', 20)).rejects.toMatchObject({ code: 'GROUP_GONE' });
});
