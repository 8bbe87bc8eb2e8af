import type { OptimizedReadsPlan, TieredRun } from '../../planner/optimized-reads/model.ts';
import { formatAcu, formatAcuHours, formatLatency, formatPercent, formatUsd } from './figures.ts';

/** What terminal and page say alike of Optimized Reads. */

export const OPTIMIZED_READS_TITLE = 'with Optimized Reads: a second cache tier on local NVMe';

const GIB = 1024 ** 3;

/** Mean sessions: `0.0021`, `0.34`, `12`. */
export function formatSessions(aas: number): string {
  if (aas === 0) return '0';
  return String(Number(aas.toPrecision(aas >= 100 ? 3 : 2)));
}

export function formatGib(bytes: number): string {
  return `${Number((bytes / GIB).toPrecision(3))} GiB`;
}

/** `-63%`, `+2%`; null where there was nothing before. */
export function formatChange(before: number, after: number): string {
  if (before === 0) return after === 0 ? '–' : 'new';
  const percent = Math.round((after / before - 1) * 100);
  return `${percent > 0 ? '+' : ''}${percent}%`;
}

/** Of capacity and money, before and after. */
export interface RunFigure {
  readonly name: string;
  readonly before: string;
  readonly after: string;
}

export function runFigures({ without, with: tiered }: OptimizedReadsPlan): readonly RunFigure[] {
  if (without === null || tiered === null) return [];
  const figure = (name: string, text: (run: TieredRun) => string): RunFigure => ({
    name,
    before: text(without),
    after: text(tiered),
  });
  return [
    figure(
      'minimum to maximum',
      ({ bounds }) => `${formatAcu(bounds.minAcu)} to ${formatAcu(bounds.maxAcu)} ACU`,
    ),
    figure('ACU-hours', ({ acuHours }) => formatAcuHours(acuHours)),
    figure('mean capacity', ({ meanAcu }) => `${formatAcu(meanAcu)} ACU`),
    figure('cost a month', ({ monthlyCost }) => formatUsd(monthlyCost)),
    figure('short, of demand', ({ shortfallShare }) => formatPercent(shortfallShare)),
    figure('latency, p95', ({ latencyP95 }) => formatLatency(latencyP95)),
  ];
}

/** Where the load before and after comes from. */
export function loadTitle({ loadSource }: OptimizedReadsPlan): string {
  return loadSource === 'recorded'
    ? 'average active sessions, as recorded and as estimated'
    : 'average active sessions, of the replays';
}

/** Sizes and latencies that it rests on, and from what memory on it makes no difference; whole sentences. */
export function sizeSentences(plan: OptimizedReadsPlan): readonly string[] {
  const { workingSetBytes, tierBytes, enoughMemoryBytes, enoughMemoryAcu, storageSeconds, localSeconds } =
    plan;
  const sentences = [];
  if (workingSetBytes !== null && tierBytes !== null)
    sentences.push(
      `Working set ${formatGib(workingSetBytes)}, tier ${formatGib(tierBytes)} (memory included).`,
    );
  if (storageSeconds !== null)
    sentences.push(
      `A page of 4 KiB takes ${inMilliseconds(storageSeconds)} from storage and ${inMilliseconds(localSeconds)} from the tier.`,
    );
  if (enoughMemoryBytes !== null && enoughMemoryAcu !== null)
    sentences.push(
      `With ${formatGib(enoughMemoryBytes)} of memory (${formatAcu(enoughMemoryAcu)} ACU) or more it makes no difference, as all fits.`,
    );
  return sentences;
}

function inMilliseconds(seconds: number): string {
  return `${Number((seconds * 1000).toPrecision(2))} ms`;
}
