import type { TracePlan } from '../../../planner/results.ts';
import { SHORTFALL_OBJECTIVE } from '../../../planner/recommend.ts';
import {
  formatPercent,
  formatPlace,
  largest,
  MOST_SHORT_DRAWN,
  plannedChart,
  shortHeights,
  shortShares,
} from '../figures.ts';
import { area, axisTicks, bars, grid, levels, places, stairs } from './axes.ts';
import { markup, scriptJson, type Html } from './html.ts';

/** Demand over time, the capacity that the planned policy gave it, and what was short. */
export function loadFigure(plan: TracePlan, title: string): Html | null {
  const run = plannedChart(plan);
  const { meanAcu, maxAcu } = plan.demandChart;
  const points = meanAcu.length;
  if (run === null || points === 0) return null;
  const ticks = axisTicks(Math.max(largest(maxAcu), largest(run.meanAcu)));
  const top = ticks.at(-1) ?? 1;
  const shares = shortShares(meanAcu, run.shortfallAcu);
  const heights = shortHeights(meanAcu, run.shortfallAcu);
  const isShort = heights.some((height) => height > 0);
  const peaks = maxAcu.map((acu, index) => ((shares[index] ?? 0) > SHORTFALL_OBJECTIVE ? acu : 0));
  const { start, hours } = plan.trace;
  return markup`<figure class="load">
    <figcaption>
      <h3>Load and capacity</h3>
      <p class="readout" aria-live="off">ACU over time${start === null ? '' : ' (UTC)'}</p>
    </figcaption>
    <div class="plot tall">
      ${levels(ticks)}
      <div class="canvas">
        <svg
          viewBox="0 0 ${points} 100"
          preserveAspectRatio="none"
          role="img"
          aria-label="Demand and capacity over time"
        >
          ${grid(ticks, points)}
          <path class="peak" d="${area(maxAcu, top)}" />
          <path class="peak-short" d="${bars(peaks, top)}" />
          <path class="demand" d="${area(meanAcu, top)}" />
          <path class="capacity" d="${stairs(run.meanAcu, top)}" /></svg
        ><i class="cursor"></i>
      </div>
    </div>
    ${isShort ? shortStrip(heights) : null}
    <div class="plot axis">${places(start, hours)}</div>
    <ul class="legend">
      <li><i class="key demand"></i>demand, mean</li>
      <li><i class="key peak"></i>demand, highest</li>
      <li><i class="key capacity"></i>capacity of ${title}</li>
      ${isShort ? markup`<li><i class="key short"></i>short of demand, below (full height: ${formatPercent(MOST_SHORT_DRAWN)} or more); above, where it was more than ${formatPercent(SHORTFALL_OBJECTIVE)}</li>` : null}
    </ul>
    <script type="application/json" class="points">
      ${scriptJson(pointsOf(plan, run))}
    </script>
  </figure>`;
}

function shortStrip(heights: readonly number[]): Html {
  return markup`<div class="plot strip">
    <div class="levels"><span>short</span></div>
    <div class="canvas">
      <svg
        viewBox="0 0 ${heights.length} 100"
        preserveAspectRatio="none"
        role="img"
        aria-label="When demand was above capacity"
      >
        <path class="short" d="${bars(heights, 1)}" />
      </svg>
    </div>
  </div>`;
}

/** For the read-out under the pointer. */
function pointsOf({ demandChart, trace }: TracePlan, run: NonNullable<ReturnType<typeof plannedChart>>) {
  const rounded = (values: readonly number[]) => values.map((value) => Number(value.toFixed(2)));
  const stepHours = demandChart.secondsPerPoint / 3600;
  const day = trace.hours > 24 * 5;
  return {
    times: demandChart.meanAcu.map((_, index) => {
      const place = formatPlace(trace.start, index * stepHours, Math.min(trace.hours, 100));
      return trace.start === null && !day ? `${(index * stepHours).toFixed(1)} h` : place;
    }),
    demand: rounded(demandChart.meanAcu),
    highest: rounded(demandChart.maxAcu),
    capacity: rounded(run.meanAcu),
    short: rounded(run.shortfallAcu),
  };
}
