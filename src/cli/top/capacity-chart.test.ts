import { describe, expect, it } from 'vitest';
import { paint, type ColorDepth } from '../terminal/paint.ts';
import { AXIS_WIDTH } from './chart.ts';
import {
  capacityScale,
  renderCapacityChart,
  toCapacityColumns,
  type CapacityColumn,
} from './capacity-chart.ts';
import type { CapacityPoint } from './capacity-view.ts';

const RANGE = { startMs: 10_000, columnMs: 1_000, count: 5 };

function draw(columns: readonly (CapacityColumn | null)[], height: number, depth: ColorDepth = 0): string[] {
  return renderCapacityChart({ columns, height, maxAcu: 8, depth }).map((line) => paint(line, 80, depth));
}

const plot = (lines: readonly string[]): string[] => lines.map((line) => line.slice(AXIS_WIDTH));
const point = (atMs: number, acu: number, demandAcu: number | null = 0.1): CapacityPoint => ({
  atMs,
  acu,
  demandAcu,
});

describe('toCapacityColumns', () => {
  it('carries capacity on from decision to decision', () => {
    const columns = toCapacityColumns([point(8_000, 1), point(12_500, 4)], RANGE, 15_000);
    expect(columns.map((column) => column?.acu)).toEqual([1, 1, 4, 4, 4]);
  });

  it('knows nothing before the first decision', () => {
    const columns = toCapacityColumns([point(12_500, 4)], RANGE, 15_000);
    expect(columns.map((column) => column?.acu ?? null)).toEqual([null, null, 4, 4, 4]);
  });

  it('does not draw the future', () => {
    const columns = toCapacityColumns([point(8_000, 1)], RANGE, 12_500);
    expect(columns.map((column) => column?.acu ?? null)).toEqual([1, 1, 1, null, null]);
  });

  it('shows a rise that was over within a column', () => {
    const points = [point(8_000, 1, 0.4), point(12_200, 6, 5.5), point(12_800, 2, 0.4)];
    const columns = toCapacityColumns(points, RANGE, 15_000);
    expect(columns[2]).toEqual({ acu: 6, demandAcu: 5.5 });
    expect(columns[3]).toEqual({ acu: 2, demandAcu: 0.4 });
  });
});

describe('capacityScale', () => {
  it('is the maximum, as long as that leaves something to see', () => {
    const columns = [{ acu: 2, demandAcu: 1 }, null];
    expect([0.5, 8, 16, 32, 256].map((max) => capacityScale(columns, max))).toEqual([0.5, 8, 16, 16, 16]);
    expect(capacityScale([{ acu: 100, demandAcu: 1 }], 256)).toBe(128);
  });
});

describe('renderCapacityChart', () => {
  it('draws half an ACU as the smallest step', () => {
    const steps = Array.from({ length: 16 }, (_, index) => ({ acu: (index + 1) / 2, demandAcu: 0 }));
    const lowest = plot(draw(steps, 2)).at(-1) ?? '';
    expect(lowest.slice(0, 8)).toBe('▁▂▃▄▅▆▇▒');
    expect(new Set(lowest.slice(0, 8)).size).toBe(8);
    expect(plot(draw(steps, 2))[0]?.slice(8)).toBe('▁▂▃▄▅▆▇▒');
  });

  it('tells what is in demand from what is held ready without colour', () => {
    expect(plot(draw([{ acu: 8, demandAcu: 4 }, null], 4))).toEqual(['▒ ', '▒ ', '█ ', '█ ']);
  });

  it('tells them apart in one cell with colour', () => {
    const [line] = draw([{ acu: 8, demandAcu: 4 }], 1, 4);
    expect(line).toContain('\u001b[0;96;44m▄');
  });

  it('never shows more demand than capacity', () => {
    expect(plot(draw([{ acu: 2, demandAcu: 30 }], 4))).toEqual([' ', ' ', ' ', '█']);
  });

  it('labels the maximum and half of it', () => {
    expect(draw([], 4).map((line) => line.slice(0, AXIS_WIDTH))).toEqual([
      '    8 ┤',
      '      │',
      '    4 ┤',
      '      │',
    ]);
  });
});
