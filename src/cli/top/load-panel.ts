import { OTHER } from '../../history/history.ts';
import type { Dimension } from '../../load/model.ts';
import { breakdown, type Breakdown } from '../breakdown.ts';
import { DIMENSION_NAMES, labelOf } from '../dimensions.ts';
import { stackedBar } from '../terminal/bars.ts';
import { formatAas, formatPeriod, formatShare } from '../terminal/numbers.ts';
import { span, spread, type Line } from '../terminal/paint.ts';
import { cut, fit, fitRight } from '../terminal/text.ts';
import { marksOf, type Mark } from '../terminal/wait-hues.ts';
import { AXIS_WIDTH, renderChart } from './chart.ts';
import { columnRange, keysByLoad, toColumns, type ColumnRange } from './columns.ts';
import type { Frame, TopModel } from './model.ts';
import { windowOf } from './view.ts';

/** Layers that the chart tells apart; the rest is drawn as one. */
const MAX_LAYERS = 8;

/** How far the window grows where capacity is shown: its changes are a matter of seconds. */
const MANAGED_WINDOW_MS = 180_000;

/** The chosen window of ticks, prepared once for the chart, its legend and the table. */
export interface WindowLoad {
  readonly windowMs: number;
  readonly range: ColumnRange;
  readonly columns: ReturnType<typeof toColumns>;
  readonly firstColumn: number;
  readonly layerBy: Dimension;
  readonly marks: readonly Mark[];
  readonly table: Breakdown;
}

export function windowLoad(model: TopModel, frame: Frame): WindowLoad {
  const { view, ticks } = model;
  const count = Math.max(10, frame.width - AXIS_WIDTH - 1);
  const first = ticks[0];
  const endMs = endOf(model, frame.now);
  const recordedMs = first === undefined ? 0 : endMs - first.atMs;
  const windowMs = windowOf(view, recordedMs, model.capacity === null ? undefined : MANAGED_WINDOW_MS);
  const range = columnRange(endMs, windowMs, count);
  const recent = ticks.filter((tick) => tick.atMs > range.startMs);
  const layerBy = view.chartBy === 'waits' ? 'db.wait_event' : view.dimension;
  const columns = toColumns(recent, range, layerBy, view.filters);
  const keys = keysByLoad(columns);
  const layers = keys.length > MAX_LAYERS ? [...keys.slice(0, MAX_LAYERS - 1), OTHER] : keys;
  return {
    windowMs,
    range,
    columns,
    firstColumn:
      first === undefined
        ? count
        : Math.floor((first.atMs - first.durationMs - range.startMs) / range.columnMs),
    layerBy,
    marks: marksOf(layerBy, layers),
    table: breakdown(recent, { groupBy: view.dimension, partitionBy: layerBy, filters: view.filters }),
  };
}

/** The chart ends at the last tick while ticks come, and at the present when they stay away: then a gap grows. */
function endOf({ ticks, status }: TopModel, now: number): number {
  const last = ticks.at(-1);
  return last !== undefined && now - last.atMs < Math.max(3_000, 3 * status.intervalMs) ? last.atMs : now;
}

/** The chart with its axis as the last line, which has no labels yet. */
export function renderLoadChart(
  model: TopModel,
  load: WindowLoad,
  height: number,
  frame: Frame,
): readonly Line[] {
  return renderChart({
    columns: load.columns,
    marks: load.marks,
    height,
    // Where capacity follows the load there is no fixed number of processors: capacity has a chart of its own.
    vcpus: model.capacity === null ? model.status.vcpus : null,
    firstColumn: load.firstColumn,
    depth: frame.depth,
  });
}

/** Marks and what they stand for, bottom layer first; at most `maxLines`. */
export function renderLegend(
  model: TopModel,
  load: WindowLoad,
  maxLines: number,
  frame: Frame,
): readonly Line[] {
  const lines: Line[] = [];
  let line: Line = [span(' '.repeat(AXIS_WIDTH))];
  let used = AXIS_WIDTH;
  for (const mark of load.marks) {
    const label = cut(labelOf(load.layerBy, mark.key, model.texts), 28);
    const size = label.length + 4;
    if (used + size > frame.width && used > AXIS_WIDTH) {
      if (lines.length + 1 >= maxLines) break;
      lines.push(line);
      line = [span(' '.repeat(AXIS_WIDTH))];
      used = AXIS_WIDTH;
    }
    const sign = frame.depth === 0 ? span(mark.letter, { bold: true }) : span('■', { fg: mark.hue });
    line = [...line, sign, span(` ${label}  `)];
    used += size;
  }
  if (load.marks.length === 0) line = [span(`${' '.repeat(AXIS_WIDTH)}nothing was active`, { dim: true })];
  return [...lines, line];
}

const BAR_WIDTH = 14;

/** The most loaded values of the chosen dimension, each with what its load is made of. */
export function renderTable(
  model: TopModel,
  load: WindowLoad,
  height: number,
  frame: Frame,
): readonly Line[] {
  const { view, texts } = model;
  const { table, marks } = load;
  const title = `top ${DIMENSION_NAMES[view.dimension].title}`;
  const filters = view.filters
    .map(
      ({ dimension, key }) =>
        `${DIMENSION_NAMES[dimension].short} = ${cut(labelOf(dimension, key, texts), 30)}`,
    )
    .join(' and ');
  const heading = spread(
    [
      span(`${fitRight('AAS', AXIS_WIDTH)} ${fitRight('share', 6)}  ${fit('', BAR_WIDTH)} `, { dim: true }),
      span(title, { bold: true }),
      span(filters === '' ? '' : `  where ${filters}`, { bold: true }),
    ],
    [[span(`last ${formatPeriod(load.windowMs)} `, { dim: true })]],
    frame.width,
  );
  const rows = table.rows.slice(0, Math.max(0, height - 1));
  const full = rows[0]?.aas ?? 0;
  const body = rows.map((row, index): Line => {
    const share = table.totalAas > 0 ? row.aas / table.totalAas : 0;
    const chosen = index === view.selected && (view.panel === 'top' || view.panel === 'capacity');
    const label = labelOf(view.dimension, row.key, texts);
    return [
      span(chosen ? '>' : ' ', { bold: true }),
      span(fitRight(formatAas(row.aas), AXIS_WIDTH - 1), { bold: true }),
      span(` ${fitRight(formatShare(share), 6)}  `, { dim: true }),
      ...stackedBar(withOther(row.parts, marks), marks, full, BAR_WIDTH, frame.depth),
      span(' '),
      span(cut(label, frame.width - AXIS_WIDTH - BAR_WIDTH - 11), chosen ? { bold: true } : {}),
    ];
  });
  return [heading, ...body];
}

function withOther(parts: Breakdown['rows'][number]['parts'], marks: readonly Mark[]) {
  const named = new Set(marks.map((mark) => mark.key));
  return parts.map((part) => (named.has(part.key) ? part : { ...part, key: OTHER }));
}
