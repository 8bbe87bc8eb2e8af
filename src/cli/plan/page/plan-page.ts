import { createHash } from 'node:crypto';
import type { Plan, TracePlan } from '../../../planner/results.ts';
import {
  formatAcu,
  formatHours,
  formatLatency,
  formatPercent,
  formatStep,
  formatUsd,
  plannedScore,
  reckoning,
} from '../figures.ts';
import { briefText, burstsText, OBJECTIVE_MISSED, shortPeriodText } from '../plan-words.ts';
import { HOVER_SCRIPT } from './hover-script.ts';
import { markup, raw, type Html } from './html.ts';
import { loadFigure } from './load-figure.ts';
import { offersFigure } from './offers.ts';
import { capacityFigure, costFigure } from './policy-figures.ts';
import { optimizedReadsBlock } from './optimized-reads.ts';
import { STYLE } from './style.ts';
import { choiceTables, policyTable, summaryTable, tracesTable } from './tables.ts';

/** The plan as one page that needs nothing else: no network, no fonts, no scripts of others. */
export function renderPlanPage(plan: Plan): string {
  const [only] = plan.traces;
  const isSingle = plan.traces.length === 1 && only !== undefined;
  const title = isSingle ? answerOf(only) : `What ${plan.traces.length} loads need`;
  const body = isSingle ? single(plan, only, title) : several(plan, title);
  // Whatever a trace is called, nothing but our own script runs, and nothing is fetched.
  const hash = createHash('sha256').update(HOVER_SCRIPT).digest('base64');
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'`;
  const page = markup`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="generator" content="airglow ${plan.airglow}" />
        <title>${title}</title>
        ${raw(`<style>${STYLE}</style>`)}
      </head>
      <body>
        <main>${body}${assumptions(plan)}${footer(plan)}</main>
        ${raw(`<script>${HOVER_SCRIPT}</script>`)}
      </body>
    </html>
`;
  return page.text;
}

function answerOf({ trace, recommendation: { minCapacity, maxCapacity, monthlyCost } }: TracePlan): string {
  const cost = formatUsd(monthlyCost >= 100 ? Math.round(monthlyCost) : monthlyCost);
  const range = `${formatAcu(minCapacity)} to ${formatAcu(maxCapacity)} ACU`;
  return `${trace.name}: ${range}, about ${monthlyCost >= 100 ? cost.replace(/\.00$/, '') : cost} a month`;
}

function single(plan: Plan, trace: TracePlan, title: string): Html {
  return markup`<header>
      <p class="eyebrow">Capacity plan, ${dayOf(plan)}</p>
      <h1>${title}</h1>
      <p class="lead">${leadOf(trace)}</p>
    </header>
    ${details(trace)}`;
}

function several(plan: Plan, title: string): Html {
  const varied = plan.traces.filter(({ trace }) => !trace.isFlat);
  const flat = plan.traces.length - varied.length;
  return markup`<header>
      <p class="eyebrow">Capacity plan, ${dayOf(plan)}</p>
      <h1>${title}</h1>
      <p class="lead">
        Each was replayed under every policy in virtual
        time.${flat > 0 ? ` On ${flat} of them, marked as flat, every policy sits at the minimum: nothing there to compare.` : ''}
      </p>
    </header>
    <div class="block">
      <h3>What each needs</h3>
      ${tracesTable(plan.traces)}
    </div>
    ${
      plan.summary === null
        ? null
        : markup`<div class="block">
            <h3>The policies over all of them</h3>
            <p>Medians, and the worst of them.</p>
            ${summaryTable(plan)}
          </div>`
    }
    ${varied.map(
      (trace) =>
        markup`<section class="trace">
          <h2>${answerOf(trace)}</h2>
          <p class="lead">${leadOf(trace)}</p>
          ${details(trace)}
        </section>`,
    )}`;
}

function leadOf(plan: TracePlan): string {
  const { trace, recommendation } = plan;
  const start = trace.start === null ? '' : ` from ${trace.start.slice(0, 10)}`;
  const title = plannedScore(plan)?.title ?? recommendation.policy;
  return (
    `With ${title}, at what AWS asks for an ACU-hour, by a load of ${formatHours(trace.hours)}${start} in steps of ${formatStep(trace.stepSeconds)}. It asked for ` +
    `${formatAcu(trace.demand.mean)} ACU on average, ${formatAcu(trace.demand.p95)} or less 95 % of the time and ` +
    `${formatAcu(trace.demand.max)} at most${plan.withoutBursts === null ? '' : ' (with assumed bursts)'}${trace.idleShare > 0 ? `, and nothing ${formatPercent(trace.idleShare)} of the time` : ''}.`
  );
}

function details(plan: TracePlan): Html {
  const { recommendation, costs } = plan;
  const title = plannedScore(plan)?.title ?? recommendation.policy;
  const formula = reckoning(recommendation.monthlyCost, plan);
  const [bursts, brief] = [burstsText(plan), briefText(plan)];
  return markup`${tiles(plan)}
    ${formula === null ? null : markup`<p class="reckoning"><b>${formula.replace(/ \(.*/, '')}</b> ${formula.replace(/^[^(]*/, '')}, by the prices of ${costs.region} of <span class="whole">${costs.date}</span>.</p>`}
    ${recommendation.isObjectiveMet ? null : markup`<p class="warning">${OBJECTIVE_MISSED}</p>`}
    ${brief === null ? null : markup`<p class="warning">${brief}</p>`}
    ${bursts === null ? null : markup`<p class="reckoning"><b>Assumed.</b> ${bursts}</p>`}
    <ul class="why">
      ${recommendation.reasons.map((reason) => markup`<li>${reason}</li>`)}
    </ul>
    ${loadFigure(plan, title)}${shortTimes(plan)}${costFigure(plan)}${capacityFigure(plan)}
    <div class="block">
      <h3>The figures</h3>
      <p>“Of the ideal”: ACU-hours over those of who knows the whole load in advance.</p>
      ${policyTable(plan)}
    </div>
    <div class="block">
      <h3>What other bounds would cost</h3>
      ${choiceTables(plan)}
    </div>
    ${optimizedReadsBlock(plan.optimizedReads)}${offersFigure(costs)}`;
}

function shortTimes(plan: TracePlan): Html | null {
  if (plan.shortPeriods.length === 0) return null;
  return markup`<div class="block">
    <h3>When it would be short</h3>
    <p>The worst times, with the bounds above.</p>
    <ul class="notes">
      ${plan.shortPeriods.map((period) => markup`<li>${shortPeriodText(period, plan)}</li>`)}
    </ul>
  </div>`;
}

function tiles(plan: TracePlan): Html {
  const { recommendation, trace } = plan;
  const score = plannedScore(plan);
  const peak = plan.scores.find(({ policy }) => policy === 'static-peak');
  const saved = peak === undefined ? 0 : 1 - recommendation.monthlyCost / peak.monthlyCost;
  const range = `${formatAcu(recommendation.minCapacity)} – ${formatAcu(recommendation.maxCapacity)} ACU`;
  return markup`<div class="tiles">
    ${tile('Minimum to maximum', range, `demand p95 ${formatAcu(trace.demand.p95)}, most ${formatAcu(trace.demand.max)}`, ' first')}
    ${tile('Cost a month', formatUsd(recommendation.monthlyCost), saved > 0.005 ? `${formatPercent(saved)} less than always its peak` : 'capacity alone', '')}
    ${
      score === null
        ? null
        : [
            tile(
              'Short',
              formatPercent(score.shortfallShare),
              `of the demand; ${formatPercent(score.underProvisionedTimeShare)} of the time`,
              '',
            ),
            tile(
              'Latency, p95',
              formatLatency(score.latency.p95),
              `${score.latencyInflation.toFixed(2)}x that with no limit at all`,
              '',
            ),
          ]
    }
  </div>`;
}

function tile(label: string, value: string, hint: string, kind: string): Html {
  return markup`<div class="tile${kind}">
    <div class="label">${label}</div>
    <div class="value">${value}</div>
    <div class="hint">${hint}</div>
  </div>`;
}

function assumptions({ objective, assumptions: all, traces }: Plan): Html {
  const notes = traces.flatMap(({ trace }) =>
    trace.notes.map((note) => (traces.length > 1 ? `${trace.name}: ${note}` : note)),
  );
  const sources = new Set(
    traces.map(({ costs }) => `Prices: ${costs.region}, ${costs.date}, ${costs.source}`),
  );
  const items = [objective, ...notes, ...all, ...sources];
  return markup`<div class="block">
    <h3>Assumptions and sources</h3>
    <ul class="notes">
      ${items.map((item) => markup`<li>${item}</li>`)}
    </ul>
  </div>`;
}

function footer(plan: Plan): Html {
  return markup`<footer>
    Made by airglow ${plan.airglow} on ${plan.madeAt.slice(0, 16).replace('T', ' ')} UTC. An ACU is a unit of
    capacity; the assumptions say what it is made of.
  </footer>`;
}

function dayOf({ madeAt }: Plan): string {
  return madeAt.slice(0, 10);
}
