import type { CostComparison, Offer } from '../../../planner/results.ts';
import { formatUsd, largest } from '../figures.ts';
import { markup, type Html } from './html.ts';

/** The ways to buy it, a month: capacity, storage and I/O, with the sums to do by hand. */
export function offersFigure({ offers, remarks, region, date }: CostComparison): Html {
  const most = largest(offers.map(({ total }) => total)) || 1;
  return markup`<figure>
    <figcaption>
      <h3>Ways to buy it</h3>
      <p>A month, with storage and I/O, by the prices of ${region} of ${date}.</p>
    </figcaption>
    <div class="offers">${offers.map((offer) => offerRow(offer, most))}</div>
    <ul class="legend">
      <li><i class="key part-capacity"></i>capacity</li>
      <li><i class="key part-storage"></i>storage</li>
      <li><i class="key part-io"></i>I/O</li>
    </ul>
    ${remarks.map((remark) => markup`<p class="remark">${remark}</p>`)}
  </figure>`;
}

function offerRow({ name, total, formula, capacityCost, storageCost, ioCost }: Offer, most: number): Html {
  const part = (kind: string, cost: number): Html | null =>
    cost > 0 ? markup`<i class="part-${kind}" style="width:${((100 * cost) / most).toFixed(2)}%"></i>` : null;
  return markup`<div class="offer">
    <div class="what"><span>${name}</span><b>${formatUsd(total)}</b></div>
    <div class="stack">
      ${part('capacity', capacityCost)}${part('storage', storageCost)}${part('io', ioCost)}
    </div>
    <div class="sum">${formula}</div>
  </div>`;
}
