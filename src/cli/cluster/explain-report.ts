import type { ClusterAnswer } from '../../api/cluster-answers.ts';
import type { DemandParts, Resource } from '../../capacity/model.ts';
import type { Explanation, TimedDecision } from '../../daemon/fleet.ts';
import { bar } from '../terminal/bars.ts';
import { formatDuration } from '../terminal/numbers.ts';
import { paint, span, type ColorDepth, type Hue, type Ink, type Line } from '../terminal/paint.ts';
import { clean, fit, fitRight, wrap } from '../terminal/text.ts';
import { formatAcu, formatDemand, RESOURCES } from '../top/capacity-view.ts';
import { withoutStep } from '../top/decision-panel.ts';
import { formatRange, formatResources } from './amounts.ts';
import { optimizedReadsFacts } from './optimized-reads-facts.ts';
import { pauseFacts } from './pause-facts.ts';

export interface ExplainOptions {
  readonly width: number;
  readonly color: ColorDepth;
  readonly now: number;
  readonly timeZone?: string;
}

const FAINT: Ink = { dim: true };
const STRONG: Ink = { bold: true };
const CAUTION: Ink = { fg: { c256: 220, c16: 93 }, bold: true };
const UP: Hue = { c256: 215, c16: 93 };
const DOWN: Hue = { c256: 42, c16: 92 };
const CAPACITY: Hue = { c256: 51, c16: 96 };
const HUES: Readonly<Record<Resource, Hue>> = {
  cpu: { c256: 34, c16: 32 },
  memory: { c256: 33, c16: 34 },
  network: { c256: 98, c16: 35 },
  connections: { c256: 208, c16: 33 },
};
const LABEL_WIDTH = 14;
const FIGURE_WIDTH = 6;
/** Kept free on the right of a bar for what is said of it. */
const REMARK_WIDTH = 22;
const AGE_WIDTH = 15;
const STEP_WIDTH = 12;
/** The columns left of a reason. */
const CHANGE_WIDTH = AGE_WIDTH + STEP_WIDTH + 5;
const MOST_CHANGES = 8;

/** The printed answer of `airglow cluster explain`: why this capacity now, and how it came to be. */
export function renderExplanation(
  explanation: Explanation,
  cluster: ClusterAnswer,
  options: ExplainOptions,
): readonly string[] {
  const lines = [
    ...headline(explanation, cluster),
    ...(cluster.enforced ? [] : caution(cluster, options)),
    ...asleep(cluster, options),
    [],
    heading('why'),
    ...explanation.sentences.flatMap((sentence) => indented(sentence, 2, options.width)),
    // What was asked for before it was paused says nothing of now.
    ...(cluster.status === 'paused' ? [] : demand(explanation, options)),
    ...optimizedReads(cluster, options),
    [],
    ...changes(explanation.changes, options),
  ];
  return lines.map((line) => paint(line, options.width, options.color).trimEnd());
}

function headline({ name, capacityAcu }: Explanation, cluster: ClusterAnswer): readonly Line[] {
  const isRunning = capacityAcu > 0;
  const made = isRunning ? ` (${formatResources(capacityAcu, cluster.shape)})` : `: it is ${cluster.status}`;
  return [
    [
      span(`${clean(name)}: `, STRONG),
      span(`${formatAcu(capacityAcu)} ACU`, { bold: true, fg: CAPACITY }),
      span(made),
      span(`, between ${formatRange(cluster.capacity).replace(' to ', ' and ')}`, FAINT),
    ],
  ];
}

/** Nothing while it is awake. */
function asleep(cluster: ClusterAnswer, options: ExplainOptions): readonly Line[] {
  const { plan, paused, woken } = pauseFacts(cluster, options);
  if (paused === null) return [];
  const sentences = [paused, plan, woken].filter((sentence) => sentence !== null);
  return [
    [],
    heading('paused'),
    ...sentences.flatMap((sentence) => indented(`${sentence}.`, 2, options.width)),
  ];
}

/** Nothing where no part of it was asked for. */
function optimizedReads(cluster: ClusterAnswer, { width }: ExplainOptions): readonly Line[] {
  const facts = optimizedReadsFacts(cluster);
  if (facts.length === 0) return [];
  return [
    [],
    heading('optimized reads'),
    ...facts.flatMap(({ part, text, isAmiss }) =>
      wrap(clean(text), width - LABEL_WIDTH - 2).map((line, index) => [
        span(`  ${fit(index === 0 ? part : '', LABEL_WIDTH)}`),
        span(line, isAmiss ? { fg: CAUTION.fg } : {}),
      ]),
    ),
  ];
}

function caution({ enforcementNote }: ClusterAnswer, { width }: ExplainOptions): readonly Line[] {
  const [first = '', ...rest] = wrap(clean(`Not enforced: ${enforcementNote ?? ''}`), width - 2);
  return [[span(first, CAUTION)], ...rest.map((text): Line => [span(text)])];
}

/** What each resource asks for, as bars on one scale with the capacity itself. */
function demand({ latest, capacityAcu }: Explanation, { width }: ExplainOptions): readonly Line[] {
  if (latest === null) return [];
  const { parts, binding } = latest.decision;
  const full = Math.max(capacityAcu, ...RESOURCES.map(({ key }) => parts[key] ?? 0));
  const columns = Math.max(10, width - LABEL_WIDTH - FIGURE_WIDTH - REMARK_WIDTH - 4);
  const rows = RESOURCES.map(({ key, long }) =>
    row(long, formatDemand(parts[key]), bar(parts[key] ?? 0, full, columns), columns, {
      hue: HUES[key],
      remark: remarkOf(key, parts, binding),
      isStrong: key === binding,
    }),
  );
  const capacity = row('capacity', formatAcu(capacityAcu), bar(capacityAcu, full, columns), columns, {
    hue: CAPACITY,
    remark: '',
    isStrong: true,
  });
  return [[], heading('what each resource asks for, in ACU'), ...rows, capacity];
}

function remarkOf(key: Resource, parts: DemandParts, binding: Resource | null): string {
  if (parts[key] === null) return 'not known';
  return key === binding ? '◀ asks for most' : '';
}

function row(
  label: string,
  figure: string,
  drawn: string,
  columns: number,
  { hue, remark, isStrong }: { readonly hue: Hue; readonly remark: string; readonly isStrong: boolean },
): Line {
  return [
    span(`  ${fit(label, LABEL_WIDTH)}`, isStrong ? STRONG : {}),
    span(fitRight(figure, FIGURE_WIDTH), isStrong ? STRONG : {}),
    span('  '),
    span(fit(drawn, columns), { fg: hue }),
    span(remark === '' ? '' : ` ${remark}`, FAINT),
  ];
}

/** Newest first. */
function changes(all: readonly TimedDecision[], options: ExplainOptions): readonly Line[] {
  if (all.length === 0) return [heading('capacity has not changed yet')];
  const shown = all.slice(0, MOST_CHANGES);
  const more = all.length - shown.length;
  return [
    heading('last changes'),
    ...shown.flatMap((change) => changeLines(change, options)),
    ...(more > 0
      ? [[span(`  and ${more} before: airglow cluster events, or /decisions of the API`, FAINT)]]
      : []),
  ];
}

function changeLines(
  { atMs, decision, reason }: TimedDecision,
  { width, now }: ExplainOptions,
): readonly Line[] {
  const isUp = decision.toAcu > decision.fromAcu;
  const age = `${formatDuration(Math.max(0, now - atMs))} ago`;
  const [first = '', ...rest] = wrap(clean(withoutStep(reason)), width - CHANGE_WIDTH - 1);
  return [
    [
      span(`  ${fitRight(age, AGE_WIDTH)} `, FAINT),
      span(isUp ? '▲ ' : '▼ ', { fg: isUp ? UP : DOWN, bold: true }),
      span(fit(`${formatAcu(decision.fromAcu)} → ${formatAcu(decision.toAcu)}`, STEP_WIDTH), STRONG),
      span(first),
    ],
    ...rest.map((text): Line => [span(' '.repeat(CHANGE_WIDTH) + text)]),
  ];
}

function heading(text: string): Line {
  return [span(text, STRONG)];
}

function indented(text: string, columns: number, width: number): readonly Line[] {
  return wrap(clean(text), width - columns).map((part) => [span(' '.repeat(columns) + part)]);
}
