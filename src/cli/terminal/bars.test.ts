import { describe, expect, it } from 'vitest';
import { bar, stackedBar } from './bars.ts';
import { paint } from './paint.ts';
import { marksOf } from './wait-hues.ts';

describe('bar', () => {
  it('has a resolution of an eighth of a cell', () => {
    expect(bar(1, 1, 3)).toBe('███');
    expect(bar(0.5, 1, 3)).toBe('█▌');
  });

  it('shows a sliver of anything above zero, and nothing of zero', () => {
    expect(bar(0.0001, 1, 10)).toBe('▏');
    expect(bar(0, 1, 10)).toBe('');
    expect(bar(Number.NaN, 1, 10)).toBe('');
  });
});

describe('stackedBar', () => {
  const marks = marksOf('db.wait_event', ['CPU:Running', 'IO:DataFileRead']);
  const parts = [
    { key: 'IO:DataFileRead', aas: 1 },
    { key: 'CPU:Running', aas: 3 },
  ];

  it('draws letters in the order of the marks where there is no colour', () => {
    expect(paint(stackedBar(parts, marks, 4, 8, 0), 80, 0)).toBe('CCCCCCII');
  });

  it('is as long as its load is of the full one', () => {
    expect(paint(stackedBar(parts, marks, 8, 8, 0), 80, 0)).toBe('CCCI    ');
  });
});
