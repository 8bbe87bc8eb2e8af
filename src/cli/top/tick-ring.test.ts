import { describe, expect, it } from 'vitest';
import { TickRing } from './tick-ring.ts';
import { sample, tick } from './top-fixture.ts';

describe('TickRing', () => {
  it('puts the settled tick in the place of the live one', () => {
    const ring = new TickRing();
    ring.put(tick(1000, [sample('CPU:Running', 100)]));
    ring.put(tick(2000, []));
    ring.put(tick(1000, [sample('CPU:Running', 400)]));
    expect(ring.ticks.map(({ atMs, samples }) => [atMs, samples[0]?.weightMs])).toEqual([
      [1000, 400],
      [2000, undefined],
    ]);
  });

  it('keeps the order of time whatever the order of arrival', () => {
    const ring = new TickRing();
    for (const atMs of [2000, 1000, 3000]) ring.put(tick(atMs, []));
    expect(ring.ticks.map(({ atMs }) => atMs)).toEqual([1000, 2000, 3000]);
  });

  it('forgets what is too old, too many ticks, and too many samples, but never the newest', () => {
    const old = new TickRing({ maxAgeMs: 5000 });
    for (let second = 1; second <= 10; second += 1) old.put(tick(second * 1000, []));
    expect(old.ticks.map(({ atMs }) => atMs)).toEqual([5000, 6000, 7000, 8000, 9000, 10_000]);

    const many = new TickRing({ maxTicks: 3 });
    for (let second = 1; second <= 10; second += 1) many.put(tick(second * 1000, []));
    expect(many.ticks).toHaveLength(3);

    const heavy = new TickRing({ maxSamples: 4 });
    const crowd = Array.from({ length: 3 }, (_, index) => sample('CPU', 10, { 'db.host': `h${index}` }));
    for (let second = 1; second <= 10; second += 1) heavy.put(tick(second * 1000, crowd));
    expect(heavy.ticks.map(({ atMs }) => atMs)).toEqual([10_000]);
  });

  it('shares equal tuples between ticks', () => {
    const ring = new TickRing();
    ring.put(tick(1000, [sample('CPU:Running', 1)]));
    ring.put(tick(2000, [sample('CPU:Running', 2)]));
    expect(ring.ticks[0]?.samples[0]?.tuple).toBe(ring.ticks[1]?.samples[0]?.tuple);
  });
});
