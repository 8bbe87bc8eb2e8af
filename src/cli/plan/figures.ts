import { HOURS_A_MONTH } from '../../planner/prices/price-list.ts';
import { SHORTFALL_OBJECTIVE } from '../../planner/recommend.ts';
import type { PolicyScore, RunChart, TracePlan } from '../../planner/results.ts';

/** How figures of a plan are said, and the few that are reckoned from others, for all three outputs. */

/** `$0.0048`, `$43.80`, `$1,234.50` */
export function formatUsd(amount: number): string {
  const decimals = amount !== 0 && Math.abs(amount) < 0.1 ? 4 : 2;
  return `$${grouped(amount, decimals)}`;
}

/** A price, without zeros that say nothing: `$0.12`, `$0.156`. */
export function formatPrice(amount: number): string {
  const [whole = '0', decimals = ''] = amount.toFixed(5).split('.');
  return `$${whole}.${decimals.replace(/0+$/, '').padEnd(2, '0')}`;
}

export function grouped(value: number, decimals: number): string {
  return value.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}

/** On the grid or beside it: `0.5`, `12`, `2.1`. */
export function formatAcu(acu: number): string {
  return acu >= 99.95 ? acu.toFixed(0) : String(Number(acu.toFixed(acu < 1 ? 2 : 1)));
}

export function formatAcuHours(acuHours: number): string {
  return grouped(acuHours, acuHours >= 100 ? 0 : acuHours >= 1 ? 1 : 2);
}

/** `0%`, `<0.01%`, `0.21%`, `9.2%`, `31%` */
export function formatPercent(share: number): string {
  const percent = share * 100;
  if (percent === 0) return '0%';
  if (percent < 0.01) return '<0.01%';
  return `${percent.toFixed(percent >= 10 ? 0 : percent >= 1 ? 1 : 2)}%`;
}

export function formatRatio(ratio: number | null): string {
  return ratio === null ? '–' : `${ratio.toFixed(2)}x`;
}

/** Of a request: `14 ms`, `1.8 s`, `3 min`. */
export function formatLatency(seconds: number): string {
  // Who knows the future serves no requests.
  if (!Number.isFinite(seconds)) return '–';
  if (seconds === 0) return '0 s';
  if (seconds < 0.00995) return `${(seconds * 1000).toFixed(1)} ms`;
  if (seconds < 0.9995) return `${(seconds * 1000).toFixed(0)} ms`;
  if (seconds < 99.95) return `${seconds.toFixed(1)} s`;
  return seconds < 5970 ? `${(seconds / 60).toFixed(0)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

export function formatRate(perHour: number): string {
  if (perHour === 0) return '0';
  return perHour < 0.1 ? perHour.toFixed(2) : perHour >= 100 ? perHour.toFixed(0) : perHour.toFixed(1);
}

/** How long a trace is: `40 min`, `36 h`, `14 days`. */
export function formatHours(hours: number): string {
  if (hours < 1) return `${Math.round(hours * 60)} min`;
  return hours < 72 ? `${Number(hours.toFixed(1))} h` : `${Number((hours / 24).toFixed(1))} days`;
}

/** `1 s`, `5 min`, `1 h` */
export function formatStep(seconds: number): string {
  if (seconds < 60) return `${Number(seconds.toFixed(2))} s`;
  return seconds < 3600
    ? `${Number((seconds / 60).toFixed(1))} min`
    : `${Number((seconds / 3600).toFixed(1))} h`;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A place on the axis of time: `2 Nov`, `2 Nov 14:05`, and without a start `36 h`. */
export function formatPlace(start: string | null, hoursIn: number, hours: number): string {
  if (start === null) return hours < 2 ? `${Math.round(hoursIn * 60)} min` : `${Math.round(hoursIn)} h`;
  const at = new Date(Date.parse(start) + hoursIn * 3_600_000);
  const day = `${at.getUTCDate()} ${MONTHS[at.getUTCMonth()] ?? ''}`;
  return hours > 24 * 5 ? day : `${day} ${at.toISOString().slice(11, 16)}`;
}

/** A moment of a load: `13 Apr 04:12:05`, and without a start `3 h 04:05`. */
export function formatMomentIn(start: string | null, second: number): string {
  if (start === null) {
    const rest = new Date(second * 1000).toISOString().slice(14, 19);
    return `${Math.floor(second / 3600)} h ${rest}`;
  }
  const at = new Date(Date.parse(start) + second * 1000);
  return `${at.getUTCDate()} ${MONTHS[at.getUTCMonth()] ?? ''} ${at.toISOString().slice(11, 19)}`;
}

/** US dollars of an ACU-hour, as these scores were reckoned; null where none of them used any. */
export function priceOf(scores: readonly PolicyScore[]): number | null {
  const used = scores.find(({ acuHours }) => acuHours > 0);
  return used === undefined ? null : used.cost / used.acuHours;
}

/** `2,182.36 ACU-hours a month x $0.12 = $261.88`, for a reader with the price list in hand; null where nothing was used. */
export function reckoning(monthlyCost: number, { scores, trace: { hours } }: TracePlan): string | null {
  const price = priceOf(scores);
  if (price === null || !(price > 0)) return null;
  const acuHours = monthlyCost / price;
  const used = grouped((acuHours * hours) / HOURS_A_MONTH, hours >= 100 ? 2 : 4);
  const over = String(Number(hours.toFixed(4)));
  return (
    `${grouped(acuHours, 2)} ACU-hours a month x ${formatPrice(price)} = ${formatUsd(monthlyCost)} ` +
    `(${used} ACU-hours in ${over} h of load, x ${HOURS_A_MONTH} / ${over})`
  );
}

/** Cheapest first, those that know the future apart. */
export function ranked(scores: readonly PolicyScore[]): {
  readonly real: readonly PolicyScore[];
  readonly clairvoyant: readonly PolicyScore[];
} {
  const sorted = scores.toSorted((a, b) => a.acuHours - b.acuHours || a.shortfallShare - b.shortfallShare);
  return {
    real: sorted.filter(({ kind }) => kind !== 'clairvoyant'),
    clairvoyant: sorted.filter(({ kind }) => kind === 'clairvoyant'),
  };
}

/** Of those that know nothing in advance: the cheapest that leaves little short, else who leaves least. */
export function bestCausal(scores: readonly PolicyScore[]): PolicyScore | null {
  const causal = scores.filter(({ kind }) => kind === 'causal');
  const enough = causal.filter(({ shortfallShare }) => shortfallShare <= SHORTFALL_OBJECTIVE);
  const [best] =
    enough.length > 0
      ? enough.toSorted((a, b) => a.acuHours - b.acuHours)
      : causal.toSorted((a, b) => a.shortfallShare - b.shortfallShare);
  return best ?? null;
}

/** Of the policy that is planned for. */
export function plannedScore({ scores, recommendation }: TracePlan): PolicyScore | null {
  return scores.find(({ policy }) => policy === recommendation.policy) ?? null;
}

export function plannedChart({ charts, recommendation }: TracePlan): RunChart | null {
  return charts.find(({ policy }) => policy === recommendation.policy) ?? null;
}

/** The largest number there is in any of some lists, none of which may be spread: they can be long. */
export function largest(...lists: readonly (readonly number[])[]): number {
  return lists.reduce((most, list) => list.reduce((a, b) => Math.max(a, b), most), 0);
}

const ROUND = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];

/** A round number at or above `value`, for the top of an axis. */
export function axisTop(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const factor = ROUND.find((step) => value <= step * power * 1.000_001) ?? 10;
  return Number((factor * power).toPrecision(3));
}

/** Of the demand at a point of a chart, so much is drawn at full height; less by its square root, so that a little shows. */
export const MOST_SHORT_DRAWN = 0.1;

/** How high to draw what was short at each point of a chart, 0 to 1: the same for every policy. */
export function shortHeights(
  demandAcu: readonly number[],
  shortfallAcu: readonly number[],
): readonly number[] {
  return shortShares(demandAcu, shortfallAcu).map((share) =>
    Math.sqrt(Math.min(1, share / MOST_SHORT_DRAWN)),
  );
}

/** Of the demand at each point. */
export function shortShares(
  demandAcu: readonly number[],
  shortfallAcu: readonly number[],
): readonly number[] {
  return shortfallAcu.map((short, index) => {
    const demand = demandAcu[index] ?? 0;
    return demand > 0 ? short / demand : 0;
  });
}
