import { describe, expect, it } from 'vitest';
import { maxConnections } from './aurora-connections.ts';
import { auroraV1 } from './aurora-v1.ts';
import { contextOf, play, secondOf, seconds } from './policy-fixture.ts';

describe('Aurora v1', () => {
  it('doubles every three minutes while it is above 70 %', () => {
    const path = play(auroraV1, contextOf({}), seconds(700, 8));
    expect([path[58], path[59], path[238], path[239], path[419], path[599]]).toEqual([2, 4, 4, 8, 16, 32]);
  });

  it('halves 15 minutes after a raise, then every 310 s, by points of a minute', () => {
    const path = play(auroraV1, contextOf({}, 8), [...seconds(60, 2), ...seconds(2_500, 0)]);
    expect(secondOf(path, (acu) => acu === 16)).toBe(60);
    const at = [8, 4, 2].map((acu, index) => path.indexOf(acu, 60 + index) + 1);
    expect(at).toEqual([960, 960 + 360, 960 + 720]);
  });

  it('counts connections: more than 90 % of 400 at 2 ACU', () => {
    const busy = (connections: number): number[] =>
      play(auroraV1, contextOf({}), seconds(70, { cpus: 0.2, connections }));
    expect(busy(350).at(-1)).toBe(2);
    expect(busy(370).at(-1)).toBe(4);
  });

  it('has its last step cut at the bounds, and leaves it by powers of two', () => {
    const path = play(auroraV1, contextOf({ maxAcu: 6.5 }), [...seconds(300, 8), ...seconds(1_500, 0)]);
    expect(new Set(path)).toEqual(new Set([2, 4, 6.5]));
  });

  it('wakes as large as it was', () => {
    const load = [...seconds(100, 1.5), ...seconds(400, 0), ...seconds(1, 1)];
    const path = play(auroraV1, contextOf({ minAcu: 0, autoPauseMs: 300_000 }, 8), load);
    expect([path[398], path[399], path.at(-1)]).toEqual([16, 0, 16]);
  });
});

describe('max_connections of Aurora', () => {
  it('is as listed, and in proportion between', () => {
    expect([0.5, 1, 4, 6, 8, 16, 32, 256].map(maxConnections)).toEqual([
      94.5, 189, 823, 1246, 1669, 3360, 5000, 5000,
    ]);
  });
});
