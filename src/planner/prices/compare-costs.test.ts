import { describe, expect, it } from 'vitest';
import { AirglowError } from '../../errors.ts';
import type { PriceOptions } from '../options.ts';
import type { Consumption } from './compare-costs.ts';
import { compareCosts } from './compare-costs.ts';
import { knownRegions, pricesOf } from './price-list.ts';

const OPTIONS: PriceOptions = {
  region: 'us-east-1',
  storageGib: 100,
  ioMillions: 500,
  hostPricePerAcuHour: null,
};
const USED: Consumption = { auroraAcuHours: 2000, airglowAcuHours: 1500, peakDemandAcu: 12, hostAcu: 16 };

function offerOf(name: string, used = USED, options = OPTIONS) {
  return compareCosts(used, options).offers.find((offer) => offer.name === name);
}

describe('the price list', () => {
  it('has what AWS published', () => {
    const prices = pricesOf('us-east-1');
    expect(prices.acuHour).toEqual({ standard: 0.12, ioOptimized: 0.156 });
    expect(prices.instances[0]).toEqual({
      name: 'db.r7g.large',
      vcpus: 2,
      memoryGib: 16,
      hourly: { standard: 0.276, ioOptimized: 0.3588 },
    });
    expect(prices.instances.at(-1)).toMatchObject({ memoryGib: 512, hourly: { standard: 8.832 } });
    expect(prices.hostAcuHour * 16).toBeCloseTo(0.2142, 12);
  });

  it('derives for other regions what it does not have, and says so', () => {
    const prices = pricesOf('eu-central-1');
    expect(prices.acuHour).toEqual({ standard: 0.14, ioOptimized: 0.182 });
    expect(prices.instances[0]!.hourly.standard).toBeCloseTo(0.322, 9);
    expect(prices.notes.some((note) => note.includes('Derived'))).toBe(true);
  });

  it('refuses a region that it does not know, and names those it knows', () => {
    expect(() => pricesOf('toString')).toThrow(AirglowError);
    for (const region of knownRegions()) expect(() => pricesOf('mars-1')).toThrow(region);
  });
});

describe('compareCosts', () => {
  it('reckons Aurora Serverless with both kinds of storage', () => {
    expect(offerOf('Aurora Serverless v2, Standard')).toEqual({
      name: 'Aurora Serverless v2, Standard',
      capacityCost: 240,
      storageCost: 10,
      ioCost: 100,
      total: 350,
      formula: '2000 ACU-hours x 0.12 USD + 100 GiB x 0.1 USD + 500 million I/O x 0.2 USD',
    });
    expect(offerOf('Aurora Serverless v2, I/O-Optimized')).toMatchObject({
      capacityCost: 312,
      storageCost: 22.5,
      ioCost: 0,
      total: 334.5,
      formula: '2000 ACU-hours x 0.156 USD + 100 GiB x 0.225 USD',
    });
  });

  it('takes the smallest instance that holds the peak', () => {
    // 12 ACU are more than the 8 of a large, so it is an xlarge: 0.552 an hour.
    expect(offerOf('Aurora provisioned db.r7g.xlarge, Standard')!.total).toBeCloseTo(
      730 * 0.552 + 10 + 100,
      9,
    );
    expect(offerOf('Aurora provisioned db.r7g.large, Standard', { ...USED, peakDemandAcu: 8 })).toBeDefined();
    const tooMuch = compareCosts({ ...USED, peakDemandAcu: 300 }, OPTIONS);
    expect(tooMuch.offers.some(({ name }) => name.includes('provisioned'))).toBe(false);
    expect(tooMuch.remarks.some((remark) => remark.startsWith('No instance'))).toBe(true);
  });

  it('reckons hosts of ones own, at the given price or the price list', () => {
    const options = { ...OPTIONS, hostPricePerAcuHour: 0.01 };
    expect(offerOf('Airglow, a share of a host', USED, options)).toMatchObject({
      capacityCost: 15,
      storageCost: 8,
      formula: '1500 ACU-hours x 0.01 USD + 100 GiB x 0.08 USD',
    });
    expect(offerOf('Airglow, a host of its own', USED, options)!.capacityCost).toBeCloseTo(116.8, 9);
    expect(offerOf('Airglow, a share of a host')!.capacityCost).toBeCloseTo((1500 * 0.2142) / 16, 9);
  });

  it('has the cheapest first, and formulas that give the total', () => {
    const { offers } = compareCosts(USED, { ...OPTIONS, ioMillions: 12.5 });
    expect(offers).toHaveLength(6);
    const totals = offers.map(({ total }) => total);
    expect(totals).toEqual([...totals].sort((one, other) => one - other));
    for (const { formula, total } of offers) expect(Math.abs(byHand(formula) - total)).toBeLessThan(0.01);
  });

  it('says from where on I/O-Optimized pays', () => {
    // 72 USD more for capacity and 12.50 for storage are 422.5 million requests.
    const [remark] = compareCosts(USED, OPTIONS).remarks;
    expect(remark).toContain('422.5 million');
    expect(remark).toMatch(/500 million are assumed, so it pays\.$/);
    expect(compareCosts(USED, { ...OPTIONS, ioMillions: 400 }).remarks[0]).toContain('does not pay');
  });

  it('refuses amounts that are none', () => {
    expect(() => compareCosts(USED, { ...OPTIONS, storageGib: -1 })).toThrow(/storage.*-1/);
    expect(() => compareCosts(USED, { ...OPTIONS, ioMillions: Number.NaN })).toThrow(AirglowError);
  });
});

/** As a reader would: numbers and what stands between them. */
function byHand(formula: string): number {
  return formula
    .split(' + ')
    .map((term) => term.split(' x ').reduce((product, factor) => product * Number.parseFloat(factor), 1))
    .reduce((sum, term) => sum + term, 0);
}
