import { describe, expect, it } from 'vitest';
import type { CountersAnswer } from '../../../../../src/api/answers.ts';
import { csvOfReads, hasReads, READ_METRICS, readsAt } from './reads-lines.ts';

const answerOf = (
  points: Readonly<Record<string, readonly (readonly [number, number | null])[]>>,
): CountersAnswer => ({
  meta: { target: 'shop', fromMs: 0, toMs: 60_000, periodSeconds: 1, leftOutSeries: 0 },
  series: Object.entries(points).map(([metric, all]) => ({
    metric,
    key: '',
    points: all.map(([atMs, value]) => ({ atMs, value })),
  })),
});
const seconds = (count: number) => Array.from({ length: count }, (_, index) => index * 1000);

describe('the lines', () => {
  it('have a point for the ten seconds before it, where the chart shows seconds', () => {
    const answer = answerOf({
      'tier.hits_per_second': [
        [11_000, 300],
        [21_000, 100],
      ],
    });
    const hits = readsAt(seconds(25), 1000, answer)['tier.hits_per_second'];
    expect(hits.slice(0, 12)).toEqual(Array.from({ length: 12 }, () => 300));
    expect(hits.slice(12, 22)).toEqual(Array.from({ length: 10 }, () => 100));
    expect(hits.slice(22)).toEqual([null, null, null]);
  });

  it('have a hole where nothing was recorded', () => {
    const answer = answerOf({
      'tier.hit_ratio': [
        [10_000, 0.5],
        [50_000, 0.75],
      ],
    });
    const ratio = readsAt(seconds(51), 1000, answer)['tier.hit_ratio'];
    expect([ratio[10], ratio[11], ratio[37], ratio[38], ratio[50]]).toEqual([0.5, null, null, 0.75, 0.75]);
  });

  it('are as recorded where the chart shows minutes, at its periods', () => {
    const answer = answerOf({
      'tier.read_ms': [
        [0, 0.1],
        [60_000, null],
        [120_000, 0.3],
      ],
    });
    const lines = readsAt([60_000, 120_000, 180_000], 60_000, answer);
    expect(lines['tier.read_ms']).toEqual([null, 0.3, null]);
    expect(lines['temp.data_bytes']).toEqual([null, null, null]);
  });

  it('are saved with a column for each', () => {
    const rows = csvOfReads([0], readsAt([0], 60_000, answerOf({ 'tier.read_ms': [[0, 0.25]] })));
    expect(rows[0]).toHaveLength(READ_METRICS.length + 1);
    expect(rows[1]?.[rows[0]?.indexOf('tier_read_ms') ?? -1]).toBe(0.25);
  });
});

describe('whether it was on', () => {
  it('is not told by what every database has', () => {
    expect(
      hasReads(answerOf({ 'tier.storage_reads_per_second': [[0, 5]], 'storage.read_ms': [[0, 1]] })),
    ).toBe(false);
    expect(hasReads(answerOf({ 'tier.hits_per_second': [[0, null]] }))).toBe(false);
    expect(hasReads(answerOf({ 'temp.local_bytes': [[0, 0]] }))).toBe(true);
  });
});
