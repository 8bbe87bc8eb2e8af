import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { axisTop, stackLayers } from './stack.ts';

describe('a stack', () => {
  it('adds each layer to those below it', () => {
    const { tops, highest } = stackLayers(
      [
        { key: 'a', values: [1, 2, 0] },
        { key: 'b', values: [1, 0, 0.5] },
      ],
      3,
    );
    expect(tops).toEqual([
      [1, 2, 0],
      [2, 2, 0.5],
    ]);
    expect(highest).toBe(2);
  });

  it('keeps a gap, and takes none for zero', () => {
    const { tops } = stackLayers([{ key: 'a', values: [1, null, 1] }], 3);
    expect(tops).toEqual([[1, null, 1]]);
  });

  it('has the sum of all layers on top, and never falls from one layer to the next', () => {
    const values = fc.array(fc.double({ min: 0, max: 1000, noNaN: true }), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(values, { minLength: 1, maxLength: 8 }), (columns) => {
        const { tops } = stackLayers(
          columns.map((column, index) => ({ key: String(index), values: column })),
          4,
        );
        for (let at = 0; at < 4; at++) {
          const sum = columns.reduce((total, column) => total + (column[at] ?? 0), 0);
          expect(tops.at(-1)?.[at]).toBeCloseTo(sum, 6);
          for (let layer = 1; layer < tops.length; layer++) {
            expect(tops[layer]?.[at] ?? 0).toBeGreaterThanOrEqual(tops[layer - 1]?.[at] ?? 0);
          }
        }
      }),
    );
  });
});

describe('the end of the axis', () => {
  it('is above load and line', () => {
    expect(axisTop(2, [4])).toBeGreaterThan(4);
    expect(axisTop(6, [4])).toBeGreaterThan(6);
  });

  it('leaves out a line that would press the load to the ground', () => {
    expect(axisTop(2, [64, null])).toBeLessThan(3);
  });

  it('is never nothing', () => {
    expect(axisTop(0, [])).toBeGreaterThan(0);
  });
});
