import type { BoundsChoice, Offer, Plan, TracePlan } from '../../planner/results.ts';
import { bar } from '../terminal/bars.ts';
import { paint, span, type ColorDepth, type Hue, type Ink, type Line } from '../terminal/paint.ts';
import { clean, fit, fitRight, width as widthOf, wrap } from '../terminal/text.ts';
import {
  formatAcu,
  formatAcuHours,
  formatHours,
  formatLatency,
  formatPercent,
  formatStep,
  formatUsd,
  plannedScore,
  reckoning,
} from './figures.ts';
import { briefText, burstsText, OBJECTIVE_MISSED, offersText, shortPeriodText } from './plan-words.ts';
import { figureTable, type TableColumn } from './figure-table.ts';
import { optimizedReadsLines } from './optimized-reads-report.ts';
import { OPTIMIZED_READS_TITLE } from './optimized-reads-words.ts';
import { planChart } from './plan-chart.ts';
import { policyTable, summaryTable } from './policy-table.ts';

export interface PlanReportOptions {
  readonly width: number;
  readonly color: ColorDepth;
}

const FAINT: Ink = { dim: true };
const STRONG: Ink = { bold: true };
const CAUTION: Ink = { fg: { c256: 220, c16: 93 } };
const CAPACITY: Hue = { c256: 51, c16: 96 };
const BLUE: Hue = { c256: 33, c16: 34 };
const LABEL_WIDTH = 11;

/** The printed answer of `airglow plan`: the recommendation first, then what it rests on. */
export function renderPlanReport(plan: Plan, { width, color }: PlanReportOptions): readonly string[] {
  const [only] = plan.traces;
  const lines =
    plan.traces.length === 1 && only !== undefined ? single(plan, only, width) : several(plan, width);
  return lines.map((line) => paint(line, width, color).trimEnd());
}

function single(plan: Plan, trace: TracePlan, width: number): readonly Line[] {
  return [
    ...answer(trace, width),
    [],
    ...planChart(trace, width),
    [],
    ...section(policiesTitle(trace), policyTable(trace.scores, trace.recommendation.policy, width)),
    ...section('when it would be short, with those bounds', shortTimes(trace, width)),
    ...section('other minimums and maximums', choices(trace, width)),
    ...optimizedReads(trace, width),
    ...section(offersTitle(trace), offers(trace, width)),
    ...notes(plan, [trace], width),
  ];
}

function several(plan: Plan, width: number): readonly Line[] {
  const varied = plan.traces.filter(({ trace }) => !trace.isFlat);
  const flat = plan.traces.filter(({ trace }) => trace.isFlat);
  const planned = plan.traces[0]?.recommendation.policy ?? '';
  return [
    ...varied.flatMap((trace) => [...answer(trace, width, true), ...verdictLine(trace, width), []]),
    ...(plan.summary === null || varied.length === 0
      ? []
      : section(
          `policies over ${varied.length} ${varied.length === 1 ? 'trace' : 'traces'}`,
          summaryTable(plan, planned, width),
        )),
    ...(flat.length === 0 ? [] : section('flat: every policy sits at the minimum', flatLines(flat, width))),
    ...notes(plan, plan.traces, width),
    ...prose('The whole report of one trace: airglow plan with that trace alone, or --html.', width, FAINT),
  ];
}

/** What to choose, what it costs, and how that was reckoned. */
function answer(plan: TracePlan, width: number, isBrief = false): readonly Line[] {
  const { trace, recommendation } = plan;
  const [bursts, brief] = [burstsText(plan), briefText(plan)];
  const { minCapacity, maxCapacity, monthlyCost } = recommendation;
  const score = plannedScore(plan);
  const formula = reckoning(monthlyCost, plan);
  return [
    [
      span(`${clean(trace.name)}: `, STRONG),
      span(`${formatAcu(minCapacity)} to ${formatAcu(maxCapacity)} ACU`, { bold: true, fg: CAPACITY }),
      span(`, ${formatUsd(monthlyCost)} a month`, STRONG),
    ],
    ...labelled('with', `${score?.title ?? recommendation.policy}, at what AWS asks for an ACU-hour`, width),
    ...(formula === null ? [] : labelled('reckoned', formula, width)),
    ...labelled('or', offersText(plan), width),
    ...(score === null
      ? []
      : labelled(
          'quality',
          `${formatPercent(score.shortfallShare)} of the demand short, p95 latency ${formatLatency(score.latency.p95)}` +
            (score.pauses > 0
              ? `, ${score.pauses} pauses, ${formatLatency(score.coldStartSeconds)} of waiting for wakes in all`
              : ''),
          width,
        )),
    ...labelled('load', loadText(plan), width),
    ...(bursts === null || isBrief ? [] : labelled('assumed', bursts, width)),
    ...(brief === null ? [] : labelled('!', brief, width, CAUTION)),
    ...recommendation.reasons
      .slice(0, isBrief ? 1 : undefined)
      .flatMap((reason, index) => labelled(index === 0 ? 'why' : '', reason, width)),
    ...(recommendation.isObjectiveMet ? [] : labelled('!', OBJECTIVE_MISSED, width, CAUTION)),
  ];
}

function loadText({ trace }: TracePlan): string {
  const { demand, idleShare, hours, stepSeconds } = trace;
  const idle = idleShare > 0 ? `; idle ${formatPercent(idleShare)} of the time` : '';
  return (
    `${formatHours(hours)} in steps of ${formatStep(stepSeconds)}; demand ${formatAcu(demand.mean)} ACU on average, ` +
    `p95 ${formatAcu(demand.p95)}, most ${formatAcu(demand.max)}${idle}`
  );
}

const CHOICE_COLUMNS: readonly TableColumn<BoundsChoice & { readonly isChosen: boolean }>[] = [
  { title: ' ', isText: true, expendable: 0, text: ({ isChosen }) => (isChosen ? '>' : ' ') },
  { title: 'min', expendable: 0, text: ({ minCapacity }) => formatAcu(minCapacity) },
  { title: 'max', expendable: 0, text: ({ maxCapacity }) => formatAcu(maxCapacity) },
  { title: 'ACU-hours', expendable: 2, text: ({ acuHours }) => formatAcuHours(acuHours) },
  { title: '$/month', expendable: 0, text: ({ monthlyCost }) => formatUsd(monthlyCost) },
  { title: 'short', expendable: 0, text: ({ shortfallShare }) => formatPercent(shortfallShare) },
  { title: 'p95', expendable: 0, text: ({ latencyP95 }) => formatLatency(latencyP95) },
  { title: 'pauses', expendable: 1, text: ({ pauses }) => String(pauses) },
  {
    title: 'cold start',
    expendable: 1,
    text: ({ pauses, coldStartSeconds }) => (pauses === 0 ? '–' : formatLatency(coldStartSeconds)),
  },
];

function choices({ recommendation }: TracePlan, width: number): readonly Line[] {
  const { minCapacity, maxCapacity, minimums, maximums } = recommendation;
  const isChosen = (choice: BoundsChoice): boolean =>
    choice.minCapacity === minCapacity && choice.maxCapacity === maxCapacity;
  // The chosen one is in both lists; it is shown where the maximums begin to differ.
  const rows = [...minimums.filter((choice) => !isChosen(choice)), ...maximums].map((choice) => ({
    row: { ...choice, isChosen: isChosen(choice) },
    ink: isChosen(choice) ? STRONG : {},
  }));
  return figureTable(CHOICE_COLUMNS, rows, width);
}

function policiesTitle({ recommendation: { minCapacity, maxCapacity } }: TracePlan): string {
  return `policies, all between ${formatAcu(minCapacity)} and ${formatAcu(maxCapacity)} ACU, cheapest first`;
}

function shortTimes(plan: TracePlan, width: number): readonly Line[] {
  if (plan.shortPeriods.length === 0) return [[span('  never')]];
  return plan.shortPeriods.flatMap((period) => labelled('', shortPeriodText(period, plan), width));
}

function offersTitle({ costs }: TracePlan): string {
  return `what it would cost a month, with storage and I/O (${clean(costs.region)}, ${clean(costs.date)})`;
}

function offers({ costs }: TracePlan, width: number): readonly Line[] {
  const most = Math.max(...costs.offers.map(({ total }) => total));
  const longest = Math.max(...costs.offers.map(({ name }) => widthOf(clean(name))));
  const nameWidth = Math.min(longest, width - 30);
  return [
    ...costs.offers.flatMap((offer) => offerLines(offer, { most, nameWidth, width })),
    ...costs.remarks.flatMap((remark) => prose(remark, width, FAINT)),
  ];
}

function offerLines(
  { name, total, formula }: Offer,
  { most, nameWidth, width }: { readonly most: number; readonly nameWidth: number; readonly width: number },
): readonly Line[] {
  const barWidth = width - nameWidth - 15;
  return [
    [
      span(`  ${fit(clean(name), nameWidth)} `),
      span(fitRight(formatUsd(total), 10), STRONG),
      span('  '),
      span(bar(total, most, barWidth), { fg: BLUE }),
    ],
    ...broken(clean(formula), width - 4).map((text): Line => [span(`    ${text}`, FAINT)]),
  ];
}

function optimizedReads({ optimizedReads: whatIf }: TracePlan, width: number): readonly Line[] {
  if (whatIf === undefined) return [];
  const lines = optimizedReadsLines(whatIf, width, (label, text) => labelled(label, text, width));
  return section(OPTIMIZED_READS_TITLE, lines);
}

function verdictLine({ optimizedReads: whatIf }: TracePlan, width: number): readonly Line[] {
  if (whatIf === undefined) return [];
  return labelled('tier', [whatIf.verdict.sentence, ...whatIf.remarks].join(' '), width);
}

function flatLines(traces: readonly TracePlan[], width: number): readonly Line[] {
  return traces.map(({ trace, recommendation }): Line => [
    span(`  ${fit(clean(trace.name), Math.min(40, width - 40))} `),
    span(`${formatAcu(recommendation.minCapacity)} to ${formatAcu(recommendation.maxCapacity)} ACU, `),
    span(`${formatUsd(recommendation.monthlyCost)} a month`, STRONG),
  ]);
}

function notes(plan: Plan, traces: readonly TracePlan[], width: number): readonly Line[] {
  const prices = new Set(
    traces.map(({ costs }) => `Prices: ${costs.region}, ${costs.date}, ${costs.source}`),
  );
  const sentences = [plan.objective, ...notesOf(traces), ...plan.assumptions, ...prices];
  return section(
    'notes and assumptions',
    sentences.flatMap((sentence) => {
      const [first = '', ...rest] = broken(clean(sentence), width - 4);
      return [[span(`  - ${first}`, FAINT)], ...rest.map((text): Line => [span(`    ${text}`, FAINT)])];
    }),
    false,
  );
}

/** Said once, and of which traces where it is not of all. */
function notesOf(traces: readonly TracePlan[]): readonly string[] {
  const names = new Map<string, string[]>();
  for (const { trace } of traces) {
    for (const note of trace.notes) names.set(note, [...(names.get(note) ?? []), trace.name]);
  }
  return [...names].map(([note, of]) => (of.length === traces.length ? note : `${of.join(', ')}: ${note}`));
}

function section(title: string, lines: readonly Line[], isFollowed = true): readonly Line[] {
  return [[span(title, STRONG)], ...lines, ...(isFollowed ? [[]] : [])];
}

function labelled(label: string, text: string, width: number, ink: Ink = {}): readonly Line[] {
  const [first = '', ...rest] = broken(clean(text), width - LABEL_WIDTH - 2);
  return [
    [span(`  ${fit(label, LABEL_WIDTH)}`, label === '!' ? CAUTION : FAINT), span(first, ink)],
    ...rest.map((part): Line => [span(' '.repeat(LABEL_WIDTH + 2) + part, ink)]),
  ];
}

function prose(text: string, width: number, ink: Ink): readonly Line[] {
  return broken(clean(text), width).map((line): Line => [span(line, ink)]);
}

/** Wrapped, and words broken that are longer than a line, as addresses are. */
function broken(text: string, columns: number): readonly string[] {
  return wrap(text, columns).flatMap((line) => {
    if (widthOf(line) <= columns) return [line];
    const characters = Array.from(line);
    const parts = Math.ceil(characters.length / columns);
    return Array.from({ length: parts }, (_, part) =>
      characters.slice(part * columns, (part + 1) * columns).join(''),
    );
  });
}
