import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GrowingColumn } from './growing-column.ts';
import { mergeTimes, sortRows } from './order.ts';
import { resample } from './resample.ts';

const lay = (seconds: readonly number[], values: readonly number[]) =>
  resample(
    { timesMs: Float64Array.from(seconds, (at) => at * 1000), columns: [Float32Array.from(values)] },
    'load.csv',
  );

describe('resampling', () => {
  it('leaves a regular series as it is', () => {
    const grid = lay([7, 17, 27], [1, 2, 3]);
    expect(grid).toMatchObject({
      startMs: 7000,
      stepSeconds: 10,
      length: 3,
      heldSteps: 0,
      isIrregular: false,
    });
    expect([...grid.columns[0]!]).toEqual([1, 2, 3]);
  });

  it('takes the middle distance for the step, and whole seconds for nearly whole ones', () => {
    expect(lay([0, 60, 120, 1000], [1, 1, 1, 1]).stepSeconds).toBe(60);
    expect(lay([0, 59.9, 120.1, 180], [1, 2, 3, 4])).toMatchObject({
      stepSeconds: 60,
      length: 4,
      isIrregular: true,
    });
    expect(lay([0, 1.5, 3], [1, 2, 3]).stepSeconds).toBe(1.5);
    expect(lay([0, 0.2, 0.4], [1, 2, 3]).stepSeconds).toBe(0.2);
  });

  it('counts several rows of one step with their mean', () => {
    expect([...lay([0, 10, 18, 22, 30, 40, 50, 60], [1, 2, 4, 6, 7, 8, 9, 9]).columns[0]!]).toEqual([
      1, 2, 5, 7, 8, 9, 9,
    ]);
  });

  it('takes a little unsteadiness for no gap, but holds the value', () => {
    const grid = lay([0, 10, 20, 34.9, 45, 55, 65], [1, 2, 3, 4, 5, 6, 7]);
    expect(grid.heldSteps).toBe(0);
    expect(grid.columns[0]).not.toContain(Number.NaN);
  });

  it('begins with the first known value', () => {
    expect([...lay([0, 1, 2], [Number.NaN, 5, 6]).columns[0]!]).toEqual([5, 5, 6]);
  });

  it('keeps rows on a grid with gaps where they were', () => {
    const steps = fc.uniqueArray(fc.integer({ min: 0, max: 300 }), { maxLength: 200 });
    // So many seconds in a row that the middle distance is a second, whatever is before them.
    const seconds = Array.from({ length: 250 }, (_, index) => 310 + index);
    fc.assert(
      fc.property(steps, (before) => {
        const rows = [...before.sort((a, b) => a - b), ...seconds];
        const { columns, length, heldSteps } = lay(rows, rows);
        const expected = Array.from({ length: 560 - rows[0]! }, (_, index) =>
          rows.findLast((at) => at <= rows[0]! + index),
        );
        expect([...columns[0]!]).toEqual(expected);
        expect(heldSteps).toBe(length - rows.length);
      }),
    );
  });
});

describe('order', () => {
  it('sorts rows by time and merges those of the same', () => {
    const rows = sortRows({
      timesMs: Float64Array.of(3, 1, 2, 1),
      columns: [Float32Array.of(30, 10, 20, 14), Float32Array.of(1, Number.NaN, 2, 5)],
    });
    const merged = mergeTimes(rows);
    expect([...merged.timesMs]).toEqual([1, 2, 3]);
    expect(merged.columns.map((column) => [...column])).toEqual([
      [12, 20, 30],
      [5, 2, 1],
    ]);
    expect(merged).toMatchObject({ repeated: 0, contradicted: 1 });
  });
});

describe('a growing column', () => {
  it('gives back what it was given, over many blocks', () => {
    const column = new GrowingColumn((length) => new Float64Array(length));
    for (let value = 0; value < 300_000; value += 1) column.push(value);
    expect(column.length).toBe(300_000);
    const all = column.take();
    expect(all.length).toBe(300_000);
    expect(all.every((value, index) => value === index)).toBe(true);
    expect(column.length).toBe(0);
  });
});
