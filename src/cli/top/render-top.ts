import { paint, span, type Line } from '../terminal/paint.ts';
import { hasBlockers, renderBlockers } from './blocker-panel.ts';
import { renderHeader, renderNotices } from './header.ts';
import { renderHelp } from './help-panel.ts';
import { renderLegend, renderLoadChart, renderTable, windowLoad, type WindowLoad } from './load-panel.ts';
import { renderManagedBody, showsTable } from './managed-body.ts';
import type { Frame, TopModel } from './model.ts';
import { upToNow } from './pause-view.ts';
import { renderSessions } from './session-panel.ts';
import { labelAxis } from './time-axis.ts';
import type { Shown } from './view.ts';

const MIN_WIDTH = 50;
const MIN_HEIGHT = 14;
/** From this many lines on, sessions or blockers fit below the table. */
const TALL = 34;

/** One frame of `airglow top`: exactly `height` lines of at most `width` columns. Pure. */
export function renderTop(model: TopModel, frame: Frame): readonly string[] {
  const lines = frameLines(upToNow(model, frame.now), frame).slice(0, frame.height);
  const blank = Array.from({ length: frame.height - lines.length }, (): Line => []);
  return [...lines, ...blank].map((line) => paint(line, frame.width, frame.depth));
}

/** What the keys act on in this frame. */
export function shownIn(given: TopModel, frame: Frame): Shown {
  const model = upToNow(given, frame.now);
  const { table, windowMs } = windowLoad(model, frame);
  const isManaged = model.capacity !== null;
  const rows = isManaged && !showsTable(model, frame) ? [] : table.rows.slice(0, frame.height);
  return { rowKeys: rows.map((row) => row.key), windowMs, isManaged };
}

function frameLines(model: TopModel, frame: Frame): readonly Line[] {
  if (frame.width < MIN_WIDTH || frame.height < MIN_HEIGHT) {
    return [[span(`airglow top needs ${MIN_WIDTH}x${MIN_HEIGHT}`)]];
  }
  const above = [...renderHeader(model, frame), ...renderNotices(model, frame)];
  const body = frame.height - above.length - 1;
  const middle = renderMiddle(model, body, frame).slice(0, body);
  const filler = Array.from({ length: body - middle.length }, (): Line => []);
  return [...above, ...middle, ...filler, renderFooter(model, frame)];
}

function renderMiddle(model: TopModel, height: number, frame: Frame): readonly Line[] {
  if (model.view.help) return renderHelp(model.capacity !== null);
  if (model.capacity !== null) return renderManagedBody(model, model.capacity, height, frame);
  return renderBody(model, height, frame);
}

function renderBody(model: TopModel, height: number, frame: Frame): readonly Line[] {
  const load = windowLoad(model, frame);
  const legend = renderLegend(model, load, height >= 18 ? 2 : 1, frame);
  const tall = frame.height >= TALL;
  const wanted = Math.min(16, Math.round((height - legend.length) * (tall ? 0.4 : 0.5)));
  // Even, so that the label in the middle is half of the one on top.
  const plot = Math.max(4, wanted - (wanted % 2));
  const lines = renderLoadChart(model, load, plot, frame);
  const chart = [...lines.slice(0, -1), labelAxis(lines.at(-1) ?? [], load.range)];
  const rest = height - chart.length - legend.length;
  return [...chart, ...legend, ...renderPanels(model, load, rest, tall, frame)];
}

function renderPanels(
  model: TopModel,
  load: WindowLoad,
  height: number,
  tall: boolean,
  frame: Frame,
): readonly Line[] {
  if (model.view.panel === 'sessions') return renderSessions(model, height, frame);
  if (model.view.panel === 'blockers') return renderBlockers(model, height, frame);
  if (!tall) return renderTable(model, load, height, frame);
  const tableHeight = Math.max(5, Math.ceil(height * 0.5));
  const table = renderTable(model, load, tableHeight, frame);
  const rest = height - table.length - 1;
  if (!hasBlockers(model)) return [...table, [], ...renderSessions(model, rest, frame)];
  const blockers = renderBlockers(model, Math.ceil(rest / 2), frame);
  return [...table, [], ...blockers, [], ...renderSessions(model, rest - blockers.length - 1, frame)];
}

const FOOTERS: readonly string[] = [
  '1-9 slice by  ↑↓ Enter filter  c chart colours  s sessions  b blockers  +/- window  p pause  ? help  q quit',
  '1-9 slice  ↑↓ Enter filter  s sessions  b blockers  +/- window  ? help  q quit',
  '1-9 slice  s sessions  b blockers  ? help  q quit',
];

const MANAGED_FOOTERS: readonly string[] = [
  'd decisions  1-9 slice by  ↑↓ Enter filter  c colours  s sessions  b blockers  +/- window  p pause  ? help  q quit',
  'd decisions  1-9 slice by  s sessions  b blockers  +/- window  ? help  q quit',
  'd decisions  1-9 slice  b blockers  ? help  q quit',
];

function renderFooter({ capacity }: TopModel, frame: Frame): Line {
  const footers = capacity === null ? FOOTERS : MANAGED_FOOTERS;
  const text = footers.find((footer) => footer.length + 2 <= frame.width) ?? '';
  return [span(` ${text}`, { dim: true })];
}
