import { describe, expect, it } from 'vitest';
import { mergeLive, type LivePoint, type Recorded } from './merge-live.ts';

const point = (endMs: number, byKey: Record<string, number>, durationMs = 1000): LivePoint => ({
  endMs,
  durationMs,
  byKey: new Map(Object.entries(byKey)),
});
const recorded: Recorded = {
  atMs: [0, 1000, 2000, 3000],
  coveredMs: [1000, 1000, 0, 0],
  layers: [{ key: 'CPU', values: [1, 2, null, null] }],
};

describe('the newest ticks', () => {
  it('fill what the record leaves empty, and nothing else', () => {
    const merged = mergeLive(recorded, 1000, [point(2000, { CPU: 9 }), point(3000, { CPU: 3 })], '(other)');
    expect(merged.layers).toEqual([{ key: 'CPU', values: [1, 2, 3, null] }]);
    expect(merged.coveredMs).toEqual([1000, 1000, 1000, 0]);
  });

  it('are averaged over a period', () => {
    const ticks = [point(2500, { CPU: 4 }, 500), point(3000, { CPU: 2 }, 500)];
    expect(mergeLive(recorded, 1000, ticks, '(other)').layers[0]?.values).toEqual([1, 2, 3, null]);
  });

  it('bring keys of their own, which were zero before', () => {
    const merged = mergeLive(recorded, 1000, [point(3000, { 'Lock:tuple': 5 })], '(other)');
    expect(merged.layers).toEqual([
      { key: 'CPU', values: [1, 2, 0, null] },
      { key: 'Lock:tuple', values: [0, 0, 5, null] },
    ]);
  });

  it('bring no more layers than there may be', () => {
    const merged = mergeLive(recorded, 1000, [point(3000, { a: 1, b: 2, c: 3 })], '(other)', 2);
    expect(merged.layers.map(({ key }) => key)).toEqual(['CPU', 'a', '(other)']);
    expect(merged.layers[2]?.values[2]).toBe(5);
  });

  it('before the window or after it are left alone', () => {
    expect(
      mergeLive(recorded, 1000, [point(-500, { CPU: 1 }), point(9000, { CPU: 1 })], '(other)').coveredMs,
    ).toEqual(recorded.coveredMs);
  });
});
