import { hasBlockers, renderBlockers } from './blocker-panel.ts';
import { capacityLegend, renderCapacityChart, toCapacityColumns } from './capacity-chart.ts';
import type { CapacityView } from './capacity-view.ts';
import { renderDecisions } from './decision-panel.ts';
import { renderLegend, renderLoadChart, renderTable, windowLoad, type WindowLoad } from './load-panel.ts';
import type { Frame, TopModel } from './model.ts';
import { span, type Line } from '../terminal/paint.ts';
import { AXIS_WIDTH } from './chart.ts';
import { labelAxis, writeInto } from './time-axis.ts';
import { renderSessions } from './session-panel.ts';

/** From this many lines on, decisions leave room for the statements below them. */
const TALL = 34;

interface Heights {
  readonly load: number;
  readonly capacity: number;
  readonly legend: number;
}

/** Whether the table of statements is among what is shown. */
export function showsTable(model: TopModel, frame: Frame): boolean {
  if (model.view.panel === 'top') return true;
  return model.view.panel === 'capacity' && frame.height >= TALL;
}

/** Load and capacity on one time axis, and below them why capacity is what it is. */
export function renderManagedBody(
  model: TopModel,
  capacity: CapacityView,
  height: number,
  frame: Frame,
): readonly Line[] {
  const load = windowLoad(model, frame);
  const heights = heightsOf(height);
  const charts = renderCharts(model, capacity, load, heights, frame);
  const legend = fittingLegend(model, load, heights.legend, frame);
  const rest = height - charts.length - legend.length;
  return [...charts, ...legend, ...renderPanels(model, capacity, load, rest, frame)];
}

/** Capacity gets 2, 4, 6 or 8 lines: then half an ACU of a maximum of 8 is a whole number of eighths of a line. */
function heightsOf(height: number): Heights {
  const capacity = height >= 38 ? 8 : height >= 28 ? 6 : height >= 15 ? 4 : 2;
  const legend = height >= 22 ? 2 : 1;
  const most = Math.max(1, height - capacity - legend - 2);
  const wanted = Math.max(3, Math.min(12, Math.round(height * 0.3)));
  // Even, so that the label in the middle is half of the one on top.
  return { capacity, legend, load: Math.min(most, wanted > 5 ? wanted - (wanted % 2) : wanted) };
}

/** Where there is no room for all marks the least loaded ones are left out, not the last ones. */
function fittingLegend(model: TopModel, load: WindowLoad, maxLines: number, frame: Frame): readonly Line[] {
  const total = (key: string): number =>
    load.columns.reduce((sum, column) => sum + (column.weightMs.get(key) ?? 0), 0);
  const byLoad = load.marks.toSorted((a, b) => total(b.key) - total(a.key));
  for (let count = byLoad.length; count > 1; count -= 1) {
    const kept = new Set(byLoad.slice(0, count));
    const marks = load.marks.filter((mark) => kept.has(mark));
    const lines = renderLegend(model, { ...load, marks }, load.marks.length, frame);
    if (lines.length <= maxLines) return lines;
  }
  return renderLegend(model, load, maxLines, frame);
}

function renderCharts(
  model: TopModel,
  capacity: CapacityView,
  load: WindowLoad,
  heights: Heights,
  frame: Frame,
): readonly Line[] {
  const lines = renderLoadChart(model, load, heights.load, frame);
  const columns = toCapacityColumns(capacity.points, load.range, frame.now);
  const { max } = capacity.cluster.capacity;
  const axis = [
    span(`${' '.repeat(AXIS_WIDTH - 2)}0 └`.slice(-AXIS_WIDTH), GRID),
    ...columns.map(() => span('─', GRID)),
  ];
  return [
    ...lines.slice(0, -1),
    writeInto(lines.at(-1) ?? [], 1, capacityLegend(frame.depth)),
    ...renderCapacityChart({ columns, height: heights.capacity, maxAcu: max, depth: frame.depth }),
    labelAxis(axis, load.range),
  ];
}

const GRID = { fg: { c256: 240, c16: 90 } };

function renderPanels(
  model: TopModel,
  capacity: CapacityView,
  load: WindowLoad,
  height: number,
  frame: Frame,
): readonly Line[] {
  const { panel } = model.view;
  if (panel === 'sessions') return renderSessions(model, height, frame);
  if (panel === 'blockers') return renderBlockers(model, height, frame);
  if (frame.height < TALL) {
    return panel === 'top'
      ? renderTable(model, load, height, frame)
      : renderDecisions(capacity, height, frame);
  }
  const share = hasBlockers(model) ? 0.35 : 0.45;
  const decisions = renderDecisions(capacity, Math.ceil(height * share), frame);
  const below = height - decisions.length - 1;
  if (!hasBlockers(model)) return [...decisions, [], ...renderTable(model, load, below, frame)];
  const blockers = renderBlockers(model, Math.ceil(below / 2), frame);
  const rest = below - blockers.length - 1;
  return [...decisions, [], ...blockers, [], ...renderTable(model, load, rest, frame)];
}
