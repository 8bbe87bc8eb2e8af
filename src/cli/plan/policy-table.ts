import { SHORTFALL_OBJECTIVE } from '../../planner/recommend.ts';
import type { Plan, PolicyScore, PolicySummary } from '../../planner/results.ts';
import { span, type Ink, type Line } from '../terminal/paint.ts';
import { wrap } from '../terminal/text.ts';
import {
  bestCausal,
  formatAcuHours,
  formatLatency,
  formatPercent,
  formatRate,
  formatRatio,
  formatUsd,
  ranked,
} from './figures.ts';
import { figureTable, type TableColumn } from './figure-table.ts';

const FAINT: Ink = { dim: true };
const BEST: Ink = { bold: true, fg: { c256: 42, c16: 92 } };
const PLANNED: Ink = { bold: true };

interface Marked {
  readonly score: PolicyScore;
  readonly mark: string;
}

const COLUMNS: readonly TableColumn<Marked>[] = [
  { title: '  policy', isText: true, expendable: 0, text: ({ score, mark }) => `${mark} ${score.title}` },
  { title: 'ACU-hours', expendable: 5, text: ({ score }) => formatAcuHours(score.acuHours) },
  { title: '$/month', expendable: 0, text: ({ score }) => formatUsd(score.monthlyCost) },
  { title: 'x best', expendable: 0, text: ({ score }) => formatRatio(score.ratioToClairvoyant) },
  { title: 'short', expendable: 0, text: ({ score }) => formatPercent(score.shortfallShare) },
  { title: 'time short', expendable: 6, text: ({ score }) => formatPercent(score.underProvisionedTimeShare) },
  { title: 'p95', expendable: 1, text: ({ score }) => formatLatency(score.latency.p95) },
  { title: 'resizes/h', expendable: 3, text: ({ score }) => formatRate(score.resizesPerHour) },
  { title: 'lock raises', expendable: 4, text: ({ score }) => String(score.lockScaleUps) },
];

/** Cheapest first; the best of those that know nothing in advance is marked, those that know it all come last. */
export function policyTable(scores: readonly PolicyScore[], planned: string, width: number): readonly Line[] {
  const { real, clairvoyant } = ranked(scores);
  const best = bestCausal(scores);
  const rows = [...real, ...clairvoyant].map((score) => {
    const mark = score === best ? '*' : score.isOnParetoFront === true ? '+' : '·';
    const ink = score === best ? BEST : score.policy === planned ? PLANNED : {};
    return {
      row: { score, mark: score.kind === 'clairvoyant' ? '~' : mark },
      ink: score.kind === 'clairvoyant' ? FAINT : ink,
    };
  });
  return [...figureTable(COLUMNS, rows, width), ...key(scores, width)];
}

function key(scores: readonly PolicyScore[], width: number): readonly Line[] {
  const best = bestCausal(scores);
  const hasEnough = best !== null && best.shortfallShare <= SHORTFALL_OBJECTIVE;
  const sentences = [
    ...(best === null
      ? []
      : [
          hasEnough
            ? `* is the cheapest that leaves at most ${formatPercent(SHORTFALL_OBJECTIVE)} of the demand short and knows nothing in advance;`
            : '* leaves the least short of those that know nothing in advance;',
        ]),
    '+ has no other that is both cheaper and less short;',
    '~ knows the whole load in advance, so nobody can do better: "x best" is ACU-hours over its. "short" is demand above',
    'capacity, "p95" is the latency of a request.',
  ];
  return wrap(sentences.join(' '), width).map((text): Line => [span(text, FAINT)]);
}

const SUMMARY_COLUMNS: readonly TableColumn<PolicySummary>[] = [
  { title: 'policy', isText: true, expendable: 0, text: ({ title }) => title },
  { title: 'x best', expendable: 0, text: (row) => formatRatio(row.ratioToClairvoyant?.median ?? null) },
  { title: 'worst', expendable: 0, text: (row) => formatRatio(row.ratioToClairvoyant?.worst ?? null) },
  { title: 'short', expendable: 0, text: (row) => formatPercent(row.shortfallShare.median) },
  { title: 'worst', expendable: 0, text: (row) => formatPercent(row.shortfallShare.worst) },
  { title: 'on trace', isText: true, expendable: 5, text: (row) => row.shortfallShare.worstTrace },
  { title: 'resizes/h', expendable: 3, text: (row) => formatRate(row.resizesPerHour.median) },
  { title: 'lock raises', expendable: 4, text: ({ lockScaleUps }) => String(lockScaleUps) },
  { title: 'unbeaten', expendable: 1, text: ({ onParetoFront, traces }) => `${onParetoFront} of ${traces}` },
];

/** Medians over several traces, and the worst of them; those that know the future come last. */
export function summaryTable({ summary, traces }: Plan, planned: string, width: number): readonly Line[] {
  const clairvoyant = new Set(
    traces.flatMap(({ scores }) =>
      scores.filter(({ kind }) => kind === 'clairvoyant').map(({ policy }) => policy),
    ),
  );
  const order = ({ policy, ratioToClairvoyant }: PolicySummary): number =>
    (clairvoyant.has(policy) ? 1e6 : 0) + (ratioToClairvoyant?.median ?? 0);
  const rows = (summary ?? [])
    .toSorted((a, b) => order(a) - order(b))
    .map((row) => ({
      row,
      ink: clairvoyant.has(row.policy) ? FAINT : row.policy === planned ? PLANNED : {},
    }));
  const text =
    'Medians over the traces that are not flat, and beside them the worst trace. "x best": ACU-hours over those of who ' +
    'knows the whole load in advance. "unbeaten": on so many traces no other is both cheaper and less short.';
  return [
    ...figureTable(SUMMARY_COLUMNS, rows, width),
    ...wrap(text, width).map((line): Line => [span(line, FAINT)]),
  ];
}
