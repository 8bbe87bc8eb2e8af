import { describe, expect, it } from 'vitest';
import { contextOf } from './policy-fixture.ts';
import { staticP95, staticPeak } from './static-size.ts';

const demandAcu = Float32Array.from({ length: 100 }, (_, second) => (second < 96 ? 1.2 : 9.9));

describe('a static size', () => {
  it('is the peak, or what is enough for 95 % of the seconds, on the grid and within the bounds', () => {
    const context = { ...contextOf({ maxAcu: 32 }), demandAcu };
    expect(staticPeak.start(context).startAcu).toBe(10);
    expect(staticP95.start(context).startAcu).toBe(1.5);
    expect(staticPeak.start({ ...contextOf({ maxAcu: 8 }), demandAcu }).startAcu).toBe(8);
    expect(staticP95.start({ ...contextOf({ minAcu: 2 }), demandAcu }).startAcu).toBe(2);
  });
});
