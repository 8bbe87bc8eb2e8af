import type { AnalysisAnswer } from '../../api/analysis-answers.ts';
import type { Finding, FindingSeverity } from '../../analysis/model.ts';
import { formatAas, formatDuration } from '../terminal/numbers.ts';
import { paint, span, type ColorDepth, type Hue, type Ink, type Line } from '../terminal/paint.ts';
import { clean, fit, wrap } from '../terminal/text.ts';

export interface AnalysisReportOptions {
  readonly width: number;
  readonly color: ColorDepth;
  /** Where to look at it; null where no dashboard runs. */
  readonly dashboard: string | null;
  readonly timeZone?: string;
}

const FAINT: Ink = { dim: true };
const STRONG: Ink = { bold: true };
const SEVERITY_HUES: Readonly<Record<FindingSeverity, Hue>> = {
  high: { c256: 203, c16: 91 },
  medium: { c256: 220, c16: 93 },
  low: { c256: 39, c16: 94 },
};
const INDENT = 2;
const LABEL_WIDTH = 26;
/** On a narrow terminal figures stand under their names. */
const LEAST_VALUE_WIDTH = 24;

/** The printed answer of `airglow report`. */
export function renderAnalysis(
  { meta, summary, findings }: AnalysisAnswer,
  options: AnalysisReportOptions,
): readonly string[] {
  const { width, color, dashboard } = options;
  const lines = [
    ...headline(meta, options),
    [],
    ...summary.flatMap((sentence) => indented(sentence, 0, width, {})),
    ...findings.flatMap((finding) => [[], ...findingLines(finding, options)]),
    // Broken, an address would be none.
    ...(dashboard === null ? [] : [[], [span(`dashboard: ${dashboard}`, FAINT)]]),
  ];
  return lines.map((line) => paint(line, Math.max(width, lineLength(line)), color).trimEnd());
}

function lineLength(line: Line): number {
  return line.reduce((sum, { text }) => sum + text.length, 0);
}

function headline(meta: AnalysisAnswer['meta'], options: AnalysisReportOptions): readonly Line[] {
  const { target, fromMs, toMs, coveredSeconds, aas, baseline } = meta;
  const load = aas === null ? 'not observed' : `${formatAas(aas)} average active sessions`;
  const usual = baseline === null ? 'no baseline' : `baseline ${formatAas(baseline.aas)}`;
  const period = `${moment(fromMs, options)} to ${moment(toMs, options)}`;
  const covered = `${formatDuration(coveredSeconds * 1000)} of ${formatDuration(toMs - fromMs)} observed`;
  return [
    ...indented(`${target}: ${load}`, 0, options.width, STRONG),
    ...indented(`${period} · ${covered} · ${usual}`, 0, options.width, FAINT),
  ];
}

function findingLines(finding: Finding, options: AnalysisReportOptions): readonly Line[] {
  const { severity, title, explanation, evidence, advice, fromMs, toMs } = finding;
  const mark = `${severity.toUpperCase()} `;
  const [first = '', ...rest] = wrap(clean(title), options.width - mark.length);
  const { width } = options;
  return [
    [span(mark, { bold: true, fg: SEVERITY_HUES[severity] }), span(first, STRONG)],
    ...rest.map((text): Line => [span(' '.repeat(mark.length)), span(text, STRONG)]),
    ...indented(`${moment(fromMs, options)} to ${moment(toMs, options)}`, INDENT, width, FAINT),
    ...indented(explanation, INDENT, width, {}),
    ...evidence.flatMap(({ name, value }) => evidenceLines(clean(name), clean(value), width)),
    ...advice.flatMap((text) => adviceLines(clean(text), width)),
  ];
}

function evidenceLines(name: string, value: string, width: number): readonly Line[] {
  const valueWidth = width - INDENT - LABEL_WIDTH - 1;
  const isNarrow = valueWidth < LEAST_VALUE_WIDTH || name.length > LABEL_WIDTH;
  const left = ' '.repeat(INDENT);
  if (isNarrow) return [[span(`${left}${name}`, FAINT)], ...indented(value, 2 * INDENT, width, {})];
  const [first = '', ...rest] = wrap(value, valueWidth);
  return [
    [span(`${left}${fit(name, LABEL_WIDTH)} `, FAINT), span(first)],
    ...rest.map((text): Line => [span(' '.repeat(INDENT + LABEL_WIDTH + 1) + text)]),
  ];
}

function adviceLines(text: string, width: number): readonly Line[] {
  const mark = `${' '.repeat(INDENT)}→ `;
  const [first = '', ...rest] = wrap(text, width - mark.length);
  return [
    [span(mark, STRONG), span(first)],
    ...rest.map((part): Line => [span(' '.repeat(mark.length) + part)]),
  ];
}

function indented(text: string, columns: number, width: number, ink: Ink): readonly Line[] {
  return wrap(clean(text), width - columns).map((part): Line => [span(' '.repeat(columns)), span(part, ink)]);
}

/** In the reader's time, `2026-11-22 12:00:01`. */
function moment(atMs: number, { timeZone }: AnalysisReportOptions): string {
  const format = new Intl.DateTimeFormat('sv-SE', {
    dateStyle: 'short',
    timeStyle: 'medium',
    ...(timeZone === undefined ? {} : { timeZone }),
  });
  return format.format(atMs);
}
