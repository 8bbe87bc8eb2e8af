import { DIMENSIONS, type Dimension } from '../../load/model.ts';
import type { LoadSummary } from '../../load/summary.ts';
import { breakdown, type Breakdown } from '../breakdown.ts';
import { DIMENSION_NAMES, labelOf } from '../dimensions.ts';
import { bar, stackedBar } from '../terminal/bars.ts';
import { formatAas, formatPeriod, formatShare, formatVcpus } from '../terminal/numbers.ts';
import { paint, span, type ColorDepth, type Hue, type Ink, type Line } from '../terminal/paint.ts';
import { clean, cut, fitRight, wrap } from '../terminal/text.ts';
import { marksOf, type Mark } from '../terminal/wait-hues.ts';
import { crossCheck } from './cross-check.ts';
import { coverageOf } from './load-json.ts';
import type { Measurement } from './measure.ts';

export interface ReportOptions {
  readonly width: number;
  readonly color: ColorDepth;
  /** Only this dimension, at length. */
  readonly by?: Dimension | undefined;
}

const FAINT: Ink = { dim: true };
const STRONG: Ink = { bold: true };
const CAUTION: Ink = { fg: { c256: 220, c16: 93 } };
const GREEN: Hue = { c256: 34, c16: 32 };
const LIME: Hue = { c256: 149, c16: 92 };
const BLUE: Hue = { c256: 33, c16: 34 };
const GREY: Hue = { c256: 246, c16: 37 };
const BAR_WIDTH = 16;
const MAX_ROWS = 8;
const MAX_ROWS_ALONE = 40;
/** Tables beside waits and SQL, shown where there is more than one value. */
const FURTHER: readonly Dimension[] = DIMENSIONS.filter(
  (dimension) => dimension !== 'db.wait_event' && dimension !== 'db.sql_tokenized',
);

/** The printed answer of `airglow load`. */
export function renderLoadReport(
  summary: LoadSummary,
  measurement: Measurement,
  options: ReportOptions,
): readonly string[] {
  const marks = marksOf(
    'db.wait_event',
    summary.by['db.wait_event'].map((row) => row.key),
  );
  const chosen = options.by === undefined ? tablesWorthShowing(summary) : [options.by];
  const lines = [
    ...headline(summary, measurement),
    [],
    ...parts(summary, options.width),
    [],
    ...paragraph(crossCheck(summary), options.width, FAINT),
    ...(summary.aas > 0 ? chosen : []).flatMap((dimension) => table(dimension, measurement, marks, options)),
    ...(summary.aas > 0 && options.color === 0 ? letterKey(marks, options.width) : []),
    [],
    ...notes(summary, measurement, options.width),
  ];
  return lines.map((line) => paint(line, options.width, options.color).trimEnd());
}

function tablesWorthShowing(summary: LoadSummary): readonly Dimension[] {
  const further = FURTHER.filter((dimension) => summary.by[dimension].length > 1);
  return ['db.wait_event', 'db.sql_tokenized', ...further];
}

function headline(summary: LoadSummary, { status }: Measurement): readonly Line[] {
  const { vcpus, engine } = status;
  const relative =
    vcpus === null || vcpus <= 0
      ? ''
      : ` on ${formatVcpus(vcpus)} vCPU (${formatAas(summary.aas / vcpus)} each)`;
  const error = summary.standardError > 0 ? `, standard error ${formatAas(summary.standardError)}` : '';
  const source = `${summary.source} view${error}`;
  const extent = `${formatPeriod(Math.round(summary.coveredMs / 100) * 100)} in ${summary.ticks} ticks of ${formatPeriod(status.intervalMs)}`;
  const version =
    engine === null ? [] : [`PostgreSQL ${engine.version}${engine.isStandby ? ' standby' : ''}`];
  return [
    [span(formatAas(summary.aas), STRONG), span(` average active sessions${relative}`, STRONG)],
    [span([clean(status.address), ...version].join(' · '), FAINT)],
    [span(`${extent} · ${source}`, FAINT)],
  ];
}

/** The load by its parts, and below a rule what is recorded beside it. */
function parts(summary: LoadSummary, width: number): readonly Line[] {
  const { aas, cpu, cpuRunning, cpuWaiting, nonCpu, idleInTransaction, background } = summary;
  const cpuRows: readonly Row[] =
    cpuRunning === null || cpuWaiting === null
      ? [{ label: 'CPU, or waiting for it', value: cpu, hue: GREEN }]
      : [
          { label: 'CPU running', value: cpuRunning, hue: GREEN },
          { label: 'waiting for CPU', value: cpuWaiting, hue: LIME },
        ];
  const rows = [...cpuRows, { label: 'waits', value: nonCpu, hue: BLUE }];
  const beside = [
    { label: 'idle in transaction', value: idleInTransaction, hue: GREY },
    { label: 'background', value: background, hue: GREY },
  ];
  const full = Math.max(aas, idleInTransaction, background);
  return [
    ...rows.map((row) => partLine(row, full, width, aas)),
    ...beside.map((row) => partLine(row, full, width, null)),
  ];
}

interface Row {
  readonly label: string;
  readonly value: number;
  readonly hue: Hue;
}

/** `total` is null for what is beside the load and no share of it. */
function partLine(row: Row, full: number, width: number, total: number | null): Line {
  const share = total === null ? '' : formatShare(total > 0 ? row.value / total : 0);
  const note = total === null && row.value > 0 ? ' beside the load' : '';
  return [
    span(`  ${row.label.padEnd(22)} `, total === null ? FAINT : {}),
    span(fitRight(formatAas(row.value), 7), total === null ? FAINT : STRONG),
    span(` ${fitRight(share, 5)}  `, FAINT),
    span(bar(row.value, full, Math.max(10, width - 58)), { fg: row.hue }),
    span(note, FAINT),
  ];
}

function table(
  dimension: Dimension,
  { ticks, texts }: Measurement,
  marks: readonly Mark[],
  { by, width, color }: ReportOptions,
): readonly Line[] {
  const load = breakdown(ticks, { groupBy: dimension, partitionBy: 'db.wait_event' });
  const rows = load.rows.slice(0, by === undefined ? MAX_ROWS : MAX_ROWS_ALONE);
  const left = load.rows.slice(rows.length);
  const full = rows[0]?.aas ?? 0;
  const lines = rows.map((row): Line => {
    const share = load.totalAas > 0 ? row.aas / load.totalAas : 0;
    return [
      span(fitRight(formatAas(row.aas), 9), STRONG),
      span(` ${fitRight(formatShare(share), 5)}  `, FAINT),
      ...stackedBar(row.parts, marks, full, BAR_WIDTH, color),
      span(` ${cut(labelOf(dimension, row.key, texts), width - BAR_WIDTH - 19)}`),
    ];
  });
  const heading: Line = [span(`by ${DIMENSION_NAMES[dimension].title}`, STRONG)];
  return [[], heading, ...lines, ...(left.length > 0 ? [restLine(left)] : [])];
}

function restLine(rows: Breakdown['rows']): Line {
  const aas = rows.reduce((sum, row) => sum + row.aas, 0);
  return [span(`${fitRight(formatAas(aas), 9)}${' '.repeat(8 + BAR_WIDTH)} ${rows.length} more`, FAINT)];
}

/** Without colour the bars are made of letters; this says which is which. */
function letterKey(marks: readonly Mark[], width: number): readonly Line[] {
  const words = marks.map(
    (mark) => `${mark.letter}=${labelOf('db.wait_event', mark.key, new Map()).replaceAll(' ', '\u00a0')}`,
  );
  return [
    [],
    ...wrap(words.join(' '), width).map((text): Line => [span(text.replaceAll('\u00a0', ' '), FAINT)]),
  ];
}

function notes(summary: LoadSummary, measurement: Measurement, width: number): readonly Line[] {
  const { status } = measurement;
  const { agentCpuMs, backendCpuMs, tickMsP50, tickMsP99 } = summary.cost;
  const totalMs = agentCpuMs + (backendCpuMs ?? 0);
  const share = summary.coveredMs > 0 ? ((totalMs / summary.coveredMs) * 100).toFixed(2) : '0';
  const backend = backendCpuMs === null ? '' : ` and ${backendCpuMs.toFixed(0)} ms in its backend`;
  const cost =
    `Cost: ${agentCpuMs.toFixed(0)} ms of CPU here${backend}, ${share} % of one core; ` +
    `a tick took ${tickMsP50.toFixed(1)} ms (p99 ${tickMsP99.toFixed(1)} ms).`;
  return [
    ...paragraph(cost, width, FAINT),
    ...warningsOf(summary, measurement).flatMap((text) => paragraph(`! ${clean(text)}`, width, CAUTION)),
    ...(status.sourceReason === null
      ? []
      : paragraph(`Session view: ${clean(status.sourceReason)}`, width, FAINT)),
  ];
}

function warningsOf(summary: LoadSummary, measurement: Measurement): readonly string[] {
  const { status, wasInterrupted, elapsedSeconds, requestedSeconds, ticks } = measurement;
  const warnings = [...status.warnings];
  const coverage = coverageOf(summary, measurement);
  if (coverage < 0.95) {
    const reason = status.lastError === null ? '' : ` (${status.lastError.message})`;
    warnings.push(
      `Only ${formatShare(coverage)} of the time was seen; the rest is a gap, not zero${reason}.`,
    );
  }
  if (wasInterrupted) {
    warnings.push(`Ended after ${elapsedSeconds.toFixed(1)} of ${requestedSeconds} s.`);
  }
  const thinning = Math.max(1, ...ticks.map((tick) => tick.thinning));
  if (thinning > 1) warnings.push(`To spare the server, down to one session in ${thinning} was looked at.`);
  if (summary.aas === 0) warnings.push('No session was active at any tick.');
  return warnings;
}

function paragraph(text: string, width: number, ink: Ink): readonly Line[] {
  return wrap(text, width).map((line): Line => [span(line, ink)]);
}
