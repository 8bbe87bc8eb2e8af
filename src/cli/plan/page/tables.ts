import type { BoundsChoice, Plan, PolicyScore, TracePlan } from '../../../planner/results.ts';
import {
  formatAcu,
  formatAcuHours,
  formatLatency,
  formatPercent,
  formatRate,
  formatRatio,
  formatUsd,
  ranked,
} from '../figures.ts';
import { markup, type Html, type HtmlValue } from './html.ts';

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => HtmlValue;
  readonly isText?: true;
}

interface Body<Row> {
  readonly row: Row;
  readonly mark?: string;
}

export function table<Row>(columns: readonly Column<Row>[], rows: readonly Body<Row>[]): Html {
  const kind = ({ isText }: Column<Row>): string => (isText === true ? 'text' : 'figure');
  return markup`<div class="scroll" tabindex="0">
    <table>
      <thead>
        <tr>
          ${columns.map((column) => markup`<th class="${kind(column)}" scope="col">${column.title}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ({ row, mark }) =>
            markup`<tr class="${mark ?? ''}">
              ${columns.map((column) => markup`<td class="${kind(column)}">${column.cell(row)}</td>`)}
            </tr> `,
        )}
      </tbody>
    </table>
  </div>`;
}

const POLICY_COLUMNS: readonly Column<PolicyScore>[] = [
  { title: 'Policy', isText: true, cell: ({ title }) => title },
  { title: 'ACU-hours', cell: ({ acuHours }) => formatAcuHours(acuHours) },
  { title: 'Cost a month', cell: ({ monthlyCost }) => formatUsd(monthlyCost) },
  { title: 'Of the ideal', cell: ({ ratioToClairvoyant }) => formatRatio(ratioToClairvoyant) },
  { title: 'Short, of demand', cell: ({ shortfallShare }) => formatPercent(shortfallShare) },
  {
    title: 'Short, of the time',
    cell: ({ underProvisionedTimeShare }) => formatPercent(underProvisionedTimeShare),
  },
  { title: 'Latency p95', cell: ({ latency }) => formatLatency(latency.p95) },
  {
    title: 'Reaction p95',
    cell: ({ reactionP95Seconds }) => (reactionP95Seconds === null ? '–' : formatLatency(reactionP95Seconds)),
  },
  { title: 'Resizes an hour', cell: ({ resizesPerHour }) => formatRate(resizesPerHour) },
  { title: 'Raises by locks', cell: ({ lockScaleUps }) => lockScaleUps },
  { title: 'Pauses', cell: ({ pauses }) => pauses },
];

export function policyTable({ scores, recommendation }: TracePlan): Html {
  const { real, clairvoyant } = ranked(scores);
  const rows = [...real, ...clairvoyant].map((row) => ({
    row,
    mark: row.policy === recommendation.policy ? 'planned' : row.kind,
  }));
  return table(POLICY_COLUMNS, rows);
}

const CHOICE_COLUMNS: readonly Column<BoundsChoice>[] = [
  {
    title: 'Minimum to maximum',
    isText: true,
    cell: ({ minCapacity, maxCapacity }) => `${formatAcu(minCapacity)} to ${formatAcu(maxCapacity)} ACU`,
  },
  { title: 'Cost a month', cell: ({ monthlyCost }) => formatUsd(monthlyCost) },
  { title: 'Short, of demand', cell: ({ shortfallShare }) => formatPercent(shortfallShare) },
  { title: 'Latency p95', cell: ({ latencyP95 }) => formatLatency(latencyP95) },
  {
    title: 'Pauses',
    cell: ({ pauses, coldStartSeconds }) =>
      pauses === 0 ? '–' : `${pauses} (${formatLatency(coldStartSeconds)} of waiting)`,
  },
];

export function choiceTables({ recommendation }: TracePlan): Html {
  const { minCapacity, maxCapacity, minimums, maximums } = recommendation;
  const rows = (choices: readonly BoundsChoice[]): readonly Body<BoundsChoice>[] =>
    choices.map((row) => ({
      row,
      mark: row.minCapacity === minCapacity && row.maxCapacity === maxCapacity ? 'planned' : '',
    }));
  return markup`<div class="columns">
    <div>
      <h4>Other minimums</h4>
      ${table(CHOICE_COLUMNS, rows(minimums))}
    </div>
    <div>
      <h4>Other maximums</h4>
      ${table(CHOICE_COLUMNS, rows(maximums))}
    </div>
  </div>`;
}

type Summary = NonNullable<Plan['summary']>[number];

const SUMMARY_COLUMNS: readonly Column<Summary>[] = [
  { title: 'Policy', isText: true, cell: ({ title }) => title },
  { title: 'Of the ideal, median', cell: (row) => formatRatio(row.ratioToClairvoyant?.median ?? null) },
  { title: 'Worst', cell: (row) => formatRatio(row.ratioToClairvoyant?.worst ?? null) },
  { title: 'Short, median', cell: (row) => formatPercent(row.shortfallShare.median) },
  { title: 'Worst', cell: (row) => formatPercent(row.shortfallShare.worst) },
  {
    title: 'On',
    isText: true,
    cell: (row) => (row.shortfallShare.worst > 0 ? row.shortfallShare.worstTrace : '–'),
  },
  { title: 'Resizes an hour', cell: (row) => formatRate(row.resizesPerHour.median) },
  { title: 'Raises by locks', cell: ({ lockScaleUps }) => lockScaleUps },
  { title: 'Unbeaten on', cell: ({ onParetoFront, traces }) => `${onParetoFront} of ${traces}` },
];

/** In the order of their median cost, those that know the future last. */
export function summaryTable({ summary, traces }: Plan): Html {
  const kinds = new Map(traces.flatMap(({ scores }) => scores.map(({ policy, kind }) => [policy, kind])));
  const planned = traces[0]?.recommendation.policy;
  const order = ({ policy, ratioToClairvoyant }: Summary): number =>
    (kinds.get(policy) === 'clairvoyant' ? 1e6 : 0) + (ratioToClairvoyant?.median ?? 0);
  const rows = (summary ?? [])
    .toSorted((a, b) => order(a) - order(b))
    .map((row) => ({ row, mark: row.policy === planned ? 'planned' : (kinds.get(row.policy) ?? '') }));
  return table(SUMMARY_COLUMNS, rows);
}

/** What each trace needs, one line each. */
export function tracesTable(traces: readonly TracePlan[]): Html {
  const columns: readonly Column<TracePlan>[] = [
    {
      title: 'Load',
      isText: true,
      cell: ({ trace }) => markup`${trace.name}${trace.isFlat ? markup` <em class="badge">flat</em>` : null}`,
    },
    {
      title: 'Capacity',
      cell: ({ recommendation: { minCapacity, maxCapacity } }) =>
        `${formatAcu(minCapacity)} to ${formatAcu(maxCapacity)} ACU`,
    },
    { title: 'Cost a month', cell: ({ recommendation }) => formatUsd(recommendation.monthlyCost) },
    { title: 'Demand, mean', cell: ({ trace }) => `${formatAcu(trace.demand.mean)} ACU` },
    { title: 'Demand, most', cell: ({ trace }) => `${formatAcu(trace.demand.max)} ACU` },
  ];
  return table(
    columns,
    traces.map((row) => ({ row })),
  );
}
