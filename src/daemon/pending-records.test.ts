import { expect, test } from 'vitest';
import { scriptedSample, scriptedTick } from '../../test/kit/scripted-observer.ts';
import { PendingDigests } from './pending-digests.ts';
import { PendingRecords } from './pending-records.ts';

const tick = (atMs: number, samples = 0) =>
  scriptedTick(
    atMs,
    Array.from({ length: samples }, () => scriptedSample(1, {})),
  );
const point = (atMs: number) => ({ atMs, durationMs: 1, metric: 'm', key: '', value: 1 });

test('what was put back comes before what came since', () => {
  const queue = new PendingRecords();
  queue.add({ ticks: [tick(1), tick(2)] }, 100);
  const batch = queue.take();
  queue.add({ ticks: [tick(3)] }, 100);
  queue.putBack(batch, 100);
  expect(queue.take().ticks.map(({ atMs }) => atMs)).toEqual([1, 2, 3]);
  expect(queue.isEmpty).toBe(true);
  expect(queue.lostTicks).toBe(0);
});

test('beyond the capacity counters give way first, then the oldest ticks', () => {
  const queue = new PendingRecords();
  queue.add({ ticks: [tick(1, 4), tick(2, 4)], counters: [point(1), point(2), point(3)] }, 12);
  expect(queue.take()).toMatchObject({
    ticks: [{ atMs: 1 }, { atMs: 2 }],
    counters: [{ atMs: 2 }, { atMs: 3 }],
  });
  queue.add({ ticks: [tick(1, 4), tick(2, 4)], counters: [point(1)] }, 6);
  expect(queue.lostTicks).toBe(1);
  expect(queue.take()).toMatchObject({ ticks: [{ atMs: 2 }], counters: [] });
});

test('decisions are kept up to a number, the newest ones', () => {
  const queue = new PendingRecords();
  const decisions = Array.from({ length: 1500 }, (_, atMs) => ({ atMs, decision: {} }));
  queue.add({ decisions }, 100);
  expect(queue.isEmpty).toBe(false);
  const kept = queue.take().decisions;
  expect([kept.length, kept[0]?.atMs, kept.at(-1)?.atMs]).toEqual([1000, 500, 1499]);
  expect(queue.isEmpty).toBe(true);
});

test('digests: known once, a whole text takes the place of a cut one, the oldest give way', () => {
  const digests = new PendingDigests(20);
  digests.add([{ id: 'a', text: 'SELECT', truncated: true }]);
  digests.add([{ id: 'a', text: 'SELECT 1', truncated: false }]);
  digests.add([{ id: 'a', text: 'other', truncated: false }]);
  expect(digests.all()).toEqual([{ id: 'a', text: 'SELECT 1', truncated: false }]);
  digests.add([{ id: 'b', text: 'x'.repeat(15), truncated: false }]);
  expect(digests.all().map(({ id }) => id)).toEqual(['b']);
});

test('a digest that got better while the store took it is kept', () => {
  const digests = new PendingDigests(1000);
  digests.add([{ id: 'a', text: 'SEL', truncated: true }]);
  const taken = digests.all();
  digests.add([{ id: 'a', text: 'SELECT', truncated: false }]);
  digests.taken(taken);
  expect(digests.all()).toHaveLength(1);
  digests.taken(digests.all());
  expect(digests.size).toBe(0);
});
