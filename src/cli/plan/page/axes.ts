import { formatAcu, formatPlace } from '../figures.ts';
import { markup, type Html } from './html.ts';

/** Axes and paths of the charts: SVG that is stretched to the room there is, and labels beside it that are not. */

const STEPS = [1, 2, 2.5, 5, 10];

/** Round numbers from 0 to at or above `most`, `count` of them or so. */
export function axisTicks(most: number, count = 4): readonly number[] {
  if (!(most > 0)) return [0, 1];
  const rough = most / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = (STEPS.find((each) => rough <= each * power * 1.000_001) ?? 10) * power;
  const ticks = Math.ceil(most / step - 1e-9);
  return Array.from({ length: ticks + 1 }, (_, index) => Number((index * step).toPrecision(6)));
}

/** A staircase through values, one unit wide each, in a picture of height 100 that goes up to `top`. */
export function stairs(values: readonly number[], top: number): string {
  let path = '';
  let last = '';
  values.forEach((value, index) => {
    const y = height(value, top);
    if (path === '') path = `M0 ${y}`;
    else if (y !== last) path += `H${index}V${y}`;
    last = y;
  });
  return path === '' ? '' : `${path}H${values.length}`;
}

/** The same with everything below it. */
export function area(values: readonly number[], top: number): string {
  const path = stairs(values, top);
  return path === '' ? '' : `${path}V100H0Z`;
}

/** Only the places that have a value above 0, each a bar from the bottom. */
export function bars(values: readonly number[], top: number): string {
  return values
    .map((value, index) => (value > 0 ? `M${index} 100V${height(value, top)}h1V100Z` : ''))
    .join('');
}

function height(value: number, top: number): string {
  return String(Number((100 - (100 * Math.min(value, top)) / top).toFixed(2)));
}

/** Lines across a picture, without the one at the bottom. */
export function grid(ticks: readonly number[], columns: number): Html {
  const top = ticks.at(-1) ?? 1;
  const path = ticks
    .filter((tick) => tick > 0)
    .map((tick) => `M0 ${height(tick, top)}H${columns}`)
    .join('');
  return markup`<path class="grid" d="${path}" />`;
}

/** The labels left of a picture. */
export function levels(ticks: readonly number[]): Html {
  const top = ticks.at(-1) ?? 1;
  const label = (tick: number) =>
    markup`<span style="bottom:${((100 * tick) / top).toFixed(2)}%">${formatAcu(tick)}</span>`;
  return markup`<div class="levels" aria-hidden="true">${ticks.map(label)}</div>`;
}

/** The labels below a picture: five places in time. */
export function places(start: string | null, hours: number): Html {
  const label = (quarter: number) =>
    markup`<span style="left:${quarter * 25}%">${formatPlace(start, (hours * quarter) / 4, hours)}</span>`;
  return markup`<div class="places" aria-hidden="true">${[0, 1, 2, 3, 4].map(label)}</div>`;
}
