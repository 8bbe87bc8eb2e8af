import { describe, expect, it } from 'vitest';
import { DecayingHistogram } from './decaying-histogram.ts';
import { contextOf, GIB, play, seconds } from './policy-fixture.ts';
import { DAY_MS } from './vpa-recommender.ts';
import { vpa } from './vpa.ts';

const SHAPE = { firstBucket: 0.01, growth: 0.05, most: 1000, halfLifeMs: DAY_MS };

describe('a decaying histogram', () => {
  it('answers with the end of a bucket, at most 5 % above', () => {
    const histogram = new DecayingHistogram(SHAPE);
    for (let sample = 1; sample <= 100; sample++) histogram.add(sample / 10, 1, 0);
    for (const share of [0.5, 0.9, 0.95]) {
      expect(histogram.percentile(share) / (share * 10)).toBeGreaterThanOrEqual(1);
      expect(histogram.percentile(share) / (share * 10)).toBeLessThan(1.052);
    }
    expect(new DecayingHistogram(SHAPE).percentile(0.9)).toBe(0);
  });

  it('halves what a day old sample counts', () => {
    const histogram = new DecayingHistogram(SHAPE);
    histogram.add(8, 3, 0);
    histogram.add(1, 1, DAY_MS);
    // Weights 1.5 and 1.
    expect(histogram.percentile(0.39)).toBeLessThan(1.1);
    expect(histogram.percentile(0.41)).toBeGreaterThan(8);
  });

  it('goes on for years', () => {
    const histogram = new DecayingHistogram(SHAPE);
    for (let day = 0; day < 2_000; day++) histogram.add(day < 1_990 ? 8 : 1, 1, day * DAY_MS);
    expect(histogram.percentile(0.99)).toBeLessThan(1.1);
  });

  it('takes back what was added', () => {
    const histogram = new DecayingHistogram(SHAPE);
    histogram.add(8, 1, 5);
    histogram.add(1, 1, 5);
    histogram.remove(8, 1, 5);
    expect(histogram.percentile(1)).toBeLessThan(1.1);
  });
});

describe('VPA', () => {
  it('finds a size over days: P90 and 15 %', () => {
    const [path = 0] = [play(vpa, contextOf({}, 16), seconds(3 * 86_400, 1)).at(-1)];
    // 1 CPU, in its bucket at most 1.05: 4 x 1.15 to 4 x 1.05 x 1.15 ACU.
    expect(path).toBeGreaterThanOrEqual(5);
    expect(path).toBeLessThanOrEqual(5);
  });

  it('raises before that where even the median is above, and lowers no sooner than after 12 h', () => {
    const up = play(vpa, contextOf({}, 1), seconds(7_200, 1));
    expect(up[600]).toBe(1);
    expect(up.at(-1)).toBeGreaterThan(1);
    const down = play(vpa, contextOf({}, 8), seconds(13 * 3_600, 1));
    expect(down[12 * 3_600 - 1]).toBe(8);
    expect(down.at(-1)).toBe(5);
  });

  it('does not see a spike of an hour a day', () => {
    const day = [...seconds(23 * 3_600, 1), ...seconds(3_600, 1.25)];
    expect(new Set(play(vpa, contextOf({}, 5), [...day, ...day]))).toEqual(new Set([5]));
  });

  it('covers the peak of memory', () => {
    const load = seconds(60_000, { cpus: 0.1, unevictableBytes: 6 * GIB });
    const last = play(vpa, contextOf({}, 4), load).at(-1) ?? 0;
    expect(last).toBeGreaterThanOrEqual((6 * 1.15) / 2);
    expect(last).toBeLessThanOrEqual(Math.ceil(6 * 1.15 * 1.05) / 2);
  });
});
