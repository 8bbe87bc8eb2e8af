import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bandwidthFor, cpusOf, isSameBandwidth } from './cpu-bandwidth.ts';

const LEAST_US = 1_000;
const LONGEST_PERIOD_US = 1_000_000;

describe('quota and period', () => {
  it('give exactly the processors of every capacity on the grid', () => {
    for (let acu = 0.5; acu <= 256; acu += 0.5) expect(cpusOf(bandwidthFor(acu / 4, true))).toBe(acu / 4);
  });

  it('are ones that the kernel takes, whatever is asked for', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 4096, noNaN: true }), fc.boolean(), (cpus, hasBurst) => {
        const { quotaUs, periodUs, burstUs } = bandwidthFor(cpus, hasBurst);
        expect(quotaUs).toBeGreaterThanOrEqual(LEAST_US);
        expect(periodUs).toBeGreaterThanOrEqual(LEAST_US);
        expect(periodUs).toBeLessThanOrEqual(LONGEST_PERIOD_US);
        expect(burstUs).toBeLessThanOrEqual(quotaUs ?? 0);
        expect([quotaUs, periodUs, burstUs].every(Number.isInteger)).toBe(true);
      }),
    );
  });

  it('are without a burst where the kernel has none, and without a quota where nothing is limited', () => {
    expect(bandwidthFor(0.5, false).burstUs).toBe(0);
    expect(cpusOf(bandwidthFor(null, true))).toBeNull();
  });
});

it('without a quota the period makes no difference', () => {
  const none = { quotaUs: null, periodUs: 100_000, burstUs: 0 };
  expect(isSameBandwidth(none, { quotaUs: null, periodUs: 10_000, burstUs: 0 })).toBe(true);
  expect(isSameBandwidth(none, { quotaUs: 50_000, periodUs: 100_000, burstUs: 0 })).toBe(false);
});
