import type { PolicyScore, RunChart, TracePlan } from '../../../planner/results.ts';
import {
  bestCausal,
  formatPercent,
  formatRatio,
  formatUsd,
  largest,
  ranked,
  shortHeights,
} from '../figures.ts';
import { area, axisTicks, bars, stairs } from './axes.ts';
import { markup, type Html } from './html.ts';

/** What each policy costs, beside what it leaves short: the two that are weighed against each other. */
export function costFigure({ scores, recommendation }: TracePlan): Html {
  const { real, clairvoyant } = ranked(scores);
  const best = bestCausal(scores);
  const mostCost = largest(scores.map(({ monthlyCost }) => monthlyCost)) || 1;
  const mostShort = largest(scores.map(({ shortfallShare }) => shortfallShare)) || 1;
  const row = (score: PolicyScore): Html => {
    const planned = score.policy === recommendation.policy ? ' planned' : '';
    const marks = [
      score === best ? markup` <em class="badge best">best</em>` : null,
      score.isOnParetoFront === true
        ? markup` <em class="badge" title="No other is both cheaper and less short">unbeaten</em>`
        : null,
    ];
    return markup`<div class="pair ${score.kind}${planned}" role="row">
      <div class="name" role="rowheader">${score.title}${marks}</div>
      <div class="meter cost" role="cell">
        ${meter(score.monthlyCost / mostCost)}<b>${formatUsd(score.monthlyCost)}</b>
      </div>
      <div class="meter lack" role="cell">
        ${meter(score.shortfallShare / mostShort)}<b>${formatPercent(score.shortfallShare)}</b>
      </div>
    </div>`;
  };
  return markup`<figure>
    <figcaption>
      <h3>What each policy costs, and what it leaves short</h3>
      <p>
        Cheapest first. Unbeaten: no other is both cheaper and less short. The last ones know the whole load
        in advance, which nobody does.
      </p>
    </figcaption>
    <div class="pairs" role="table">
      <div class="pair head" role="row">
        <div role="columnheader">policy</div>
        <div role="columnheader">cost a month</div>
        <div role="columnheader">short, of the demand</div>
      </div>
      ${real.map(row)}${clairvoyant.map(row)}
    </div>
  </figure>`;
}

function meter(share: number): Html {
  const percent = Math.max(share > 0 ? 0.6 : 0, 100 * share);
  return markup`<span class="track"><i style="width:${percent.toFixed(1)}%"></i></span>`;
}

/** One small picture for each policy, all at one scale. */
export function capacityFigure(plan: TracePlan): Html {
  const { real, clairvoyant } = ranked(plan.scores);
  const order = [...real, ...clairvoyant];
  const charts = order.flatMap((score) => {
    const chart = plan.charts.find(({ policy }) => policy === score.policy);
    return chart === undefined ? [] : [{ score, chart }];
  });
  const most = largest(plan.demandChart.meanAcu, ...charts.map(({ chart }) => chart.meanAcu));
  const top = axisTicks(most).at(-1) ?? 1;
  return markup`<figure>
    <figcaption>
      <h3>Capacity, policy by policy</h3>
      <p>
        The same load and scale in each, up to ${top} ACU: mean demand, the capacity it was given, and below in red
        where that was short.
      </p>
    </figcaption>
    <div class="multiples">${charts.map(({ score, chart }) => small(plan, score, chart, top))}</div>
  </figure>`;
}

function small(
  { demandChart, recommendation }: TracePlan,
  score: PolicyScore,
  chart: RunChart,
  top: number,
): Html {
  const points = chart.meanAcu.length;
  const planned = score.policy === recommendation.policy ? ' planned' : '';
  const heights = shortHeights(demandChart.meanAcu, chart.shortfallAcu);
  // The picture takes the upper part, what was short the rest.
  return markup`<div class="small ${score.kind}${planned}">
    <h4>${score.title}</h4>
    <svg
      viewBox="0 0 ${points} 100"
      preserveAspectRatio="none"
      role="img"
      aria-label="${`Capacity of ${score.title}`}"
    >
      <path class="demand" d="${area(demandChart.meanAcu, top)}" />
      <path class="capacity" d="${stairs(chart.meanAcu, top)}" />
    </svg>
    <svg class="rug" viewBox="0 0 ${points} 100" preserveAspectRatio="none" aria-hidden="true">
      <path class="short" d="${bars(heights, 1)}" />
    </svg>
    <p>
      ${formatUsd(score.monthlyCost)} a month, ${formatRatio(score.ratioToClairvoyant)} of the ideal,
      ${formatPercent(score.shortfallShare)} short
    </p>
  </div>`;
}
