import { describe, expect, it } from 'vitest';
import { paint, type ColorDepth } from '../terminal/paint.ts';
import { marksOf } from '../terminal/wait-hues.ts';
import { AXIS_WIDTH, niceCeiling, renderChart, type ChartRequest } from './chart.ts';
import type { Column } from './columns.ts';

function column(loads: Record<string, number>, values: Partial<Column> = {}): Column {
  const weightMs = new Map(Object.entries(loads).map(([key, aas]) => [key, aas * 1000]));
  return { coveredMs: 1000, pausedMs: 0, weightMs, ...values };
}

const GAP: Column = { coveredMs: 0, pausedMs: 0, weightMs: new Map() };

function draw(
  columns: readonly Column[],
  values: Partial<ChartRequest> = {},
  depth: ColorDepth = 0,
): string[] {
  const keys = [...new Set(columns.flatMap(({ weightMs }) => [...weightMs.keys()]))];
  const marks = marksOf('db.wait_event', keys);
  const lines = renderChart({ columns, marks, height: 4, vcpus: null, firstColumn: 0, depth, ...values });
  return lines.map((line) => paint(line, 200, depth));
}

const plot = (lines: readonly string[]) => lines.map((line) => line.slice(AXIS_WIDTH));

describe('renderChart', () => {
  it('stacks the layers from the bottom in the order of the marks', () => {
    expect(plot(draw([column({ 'CPU:Running': 2, 'Lock:tuple': 2 }), column({ 'CPU:Running': 1 })]))).toEqual(
      ['L ', 'L ', 'C ', 'CC', '──'],
    );
  });

  it('tells a gap from no load, and both from the time before recording began', () => {
    expect(plot(draw([GAP, GAP, column({}), GAP, column({ CPU: 1 }), GAP], { firstColumn: 1 }))).toEqual([
      '   ·C ',
      '   ·C ',
      '   ·C ',
      '   ·C ',
      '  ─╳─ ',
    ]);
  });

  it('marks paused time', () => {
    const asleep = plot(draw([column({}, { pausedMs: 1000 })]));
    const quiet = plot(draw([column({})]));
    expect(asleep.slice(-2)).toEqual(['z', '─']);
    expect(quiet.slice(-2)).toEqual([' ', '─']);
  });

  it('shows the processors as a dashed line that leaves the load visible', () => {
    const columns = Array.from({ length: 6 }, (_, index) => column({ CPU: index < 4 ? 4 : 0.4 }));
    const lines = draw(columns, { vcpus: 2 });
    expect(lines.find((line) => line.includes('2 cpu'))?.slice(AXIS_WIDTH)).toBe('╌C╌C╌╌');
  });

  it('does not squeeze the load to show many idle processors', () => {
    expect(draw([column({ CPU: 1 })], { vcpus: 64 }).join('\n')).not.toContain('cpu');
  });

  it('shows even a little load', () => {
    const lines = draw([column({ CPU: 0.01 }), column({ CPU: 8 })]);
    expect(plot(lines).at(-2)).toBe('.C');
    expect(draw([column({ CPU: 0.01 }), column({ CPU: 8 })], {}, 8).at(-2)).toContain('▁');
  });

  it('draws two layers in one cell with colour', () => {
    const lines = draw([column({ 'CPU:Running': 0.5, 'Lock:tuple': 3.5 })], {}, 8);
    expect(lines.at(-2)).toContain('\u001b[0;38;5;34;48;5;160m▄');
  });

  it('draws what has no mark of its own as other', () => {
    const marks = marksOf('db.wait_event', ['CPU', '(other)']);
    expect(plot(draw([column({ CPU: 2, 'IO:A': 1, 'IO:B': 1 })], { marks })).slice(0, 4)).toEqual([
      '?',
      '?',
      'C',
      'C',
    ]);
  });
});

describe('niceCeiling', () => {
  it('rounds up to numbers that people read easily', () => {
    expect([0, 0.01, 0.5, 1, 1.2, 2.3, 4.5, 7, 9, 11, 640].map(niceCeiling)).toEqual([
      1, 0.1, 0.5, 1, 1.5, 3, 5, 8, 10, 15, 800,
    ]);
  });
});
