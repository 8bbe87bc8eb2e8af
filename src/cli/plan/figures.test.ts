import { describe, expect, it } from 'vitest';
import {
  axisTop,
  bestCausal,
  formatLatency,
  formatPercent,
  formatPlace,
  formatPrice,
  formatUsd,
  ranked,
  reckoning,
} from './figures.ts';
import { shopPlan } from './plan-fixture.ts';

const [shop] = shopPlan().traces;
if (shop === undefined) throw new Error('the fixture has a trace');

describe('figures of a plan', () => {
  it('are said with as many digits as matter', () => {
    expect([0, 0.0048, 43.8, 1234.5].map(formatUsd)).toEqual(['$0.00', '$0.0048', '$43.80', '$1,234.50']);
    expect([0.12, 0.156, 0.2, 1].map(formatPrice)).toEqual(['$0.12', '$0.156', '$0.20', '$1.00']);
    expect([0, 0.00004, 0.0021, 0.092, 0.31].map(formatPercent)).toEqual([
      '0%',
      '<0.01%',
      '0.21%',
      '9.2%',
      '31%',
    ]);
    expect([0, 0.005, 0.0142, 1.84, 240, 7200].map(formatLatency)).toEqual([
      '0 s',
      '5.0 ms',
      '14 ms',
      '1.8 s',
      '4 min',
      '2.0 h',
    ]);
  });

  it('say a place in time by day, by hour, or from the start', () => {
    const start = '2026-11-02T00:00:00.000Z';
    expect(formatPlace(start, 168, 336)).toBe('9 Nov');
    expect(formatPlace(start, 14, 24)).toBe('2 Nov 14:00');
    expect(formatPlace(null, 36, 48)).toBe('36 h');
    expect(formatPlace(null, 0.5, 1)).toBe('30 min');
  });

  it('end an axis on a round number', () => {
    expect([0, 0.3, 1.1, 11.7, 13, 255].map(axisTop)).toEqual([1, 0.3, 1.2, 12, 15, 300]);
  });

  it('reckon a month from the hours of the load', () => {
    const scores = shop.scores.map((score) => ({ ...score, acuHours: 100, cost: 12 }));
    expect(reckoning(73, { ...shop, scores, trace: { ...shop.trace, hours: 120 } })).toBe(
      '608.33 ACU-hours a month x $0.12 = $73.00 (100.00 ACU-hours in 120 h of load, x 730 / 120)',
    );
  });

  it('rank by what it takes, and keep those apart that know the future', () => {
    const { real, clairvoyant } = ranked(shop.scores);
    expect(real.map(({ acuHours }) => acuHours)).toEqual(
      real.map(({ acuHours }) => acuHours).toSorted((a, b) => a - b),
    );
    expect(clairvoyant.map(({ policy }) => policy)).toEqual(['clairvoyant', 'clairvoyant-limited']);
  });

  it('call nobody best who is static, or leaves more short than the objective while another does not', () => {
    expect(bestCausal(shop.scores)?.policy).toBe('airglow');
    const without = shop.scores.filter(({ policy }) => policy !== 'airglow');
    expect(bestCausal(without)?.policy).toBe('aurora-v2');
    expect(bestCausal([])).toBeNull();
  });
});
