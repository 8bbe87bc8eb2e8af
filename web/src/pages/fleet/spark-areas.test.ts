import { describe, expect, it } from 'vitest';
import type { LoadAnswer } from '../../../../src/api/answers.ts';
import { sparkAreas } from './spark-areas.ts';

const answer = {
  meta: { fromMs: 0, toMs: 240_000, pauses: [{ fromMs: 0, toMs: 60_000 }] },
  coveredMs: [60_000, 60_000, 0, 60_000],
  atMs: [0, 60_000, 120_000, 180_000],
  series: [
    { key: 'Lock:tuple', label: 'Lock:tuple', averageAas: 1, aas: [0, 1, null, 2] },
    { key: 'CPU:Running', label: 'CPU:Running', averageAas: 1, aas: [1, 1, null, 2] },
  ],
} as unknown as LoadAnswer;

describe('sparkAreas', () => {
  it('stacks in steps, fills the box with the highest, and leaves a gap open', () => {
    const { areas, highest } = sparkAreas(answer, 40, 20, 1);
    expect(highest).toBe(4);
    // The whole stack is painted first, what is on CPU over it.
    expect(areas.map(({ key }) => key)).toEqual(['Lock:tuple', 'CPU:Running']);
    expect(areas[0]?.path).toBe('M0 20V15H10V20zM10 20V10H20V20zM30 20V0H40V20z');
    expect(areas[1]?.path).toBe('M0 20V15H10V20zM10 20V15H20V20zM30 20V10H40V20z');
  });

  it('tells what was observed, and what was asleep', () => {
    const { ground, pauses } = sparkAreas(answer, 40, 20, 1);
    expect(ground).toBe('M0 20V19H10V20zM10 20V19H20V20zM30 20V19H40V20z');
    expect(pauses).toBe('M0 20V0H10V20z');
  });

  it('keeps a quiet database low', () => {
    const { areas } = sparkAreas(answer, 40, 20, 40);
    expect(areas[0]?.path).toContain('M30 20V18H40');
  });
});
