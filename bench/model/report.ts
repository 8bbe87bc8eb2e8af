import { median } from '../load/statistics.ts';
import { figure, Table } from '../load/table.ts';
import type { Comparison } from './compare.ts';
import type { Figures } from './figures.ts';

/** How far the model may be off. */
export const TOLERANCE = 0.15;

/** One figure of several runs. */
interface SideBySide {
  readonly measured: number | null;
  readonly least: number;
  readonly most: number;
  readonly planned: number | null;
  /** The model's median over the measured one. */
  readonly ratio: number | null;
}

export interface SummaryRow {
  readonly load: string;
  readonly capacityAcu: number;
  readonly runs: number;
  readonly aas: SideBySide;
  readonly running: SideBySide;
  readonly p50Ms: SideBySide;
  readonly p95Ms: SideBySide;
  readonly acuHours: SideBySide;
  readonly seenAas: number | null;
  /** Mean difference of AAS second by second, over mean AAS; median of the runs. */
  readonly shapeError: number | null;
  readonly otherCpus: number | null;
  /** Both AAS and p95; null for parts, which nobody asked for. */
  readonly agrees: boolean | null;
}

export function summarize(comparisons: readonly Comparison[]): SummaryRow[] {
  const keyOf = ({ load, part, capacityAcu }: Comparison): string => `${capacityAcu} ${load} ${part}`;
  const firsts = new Map(comparisons.toReversed().map((run) => [keyOf(run), run]));
  return [...firsts].toReversed().map(([key, first]) =>
    summarizeRuns(
      comparisons.filter((run) => keyOf(run) === key),
      first,
    ),
  );
}

function summarizeRuns(runs: readonly Comparison[], { load, part, capacityAcu }: Comparison): SummaryRow {
  const pick = (of: (figures: Figures) => number | null): SideBySide => sideBySide(runs, of);
  const [aas, p95Ms] = [pick((one) => one.aas), pick((one) => one.p95Ms)];
  const isWhole = part === load;
  return {
    load: isWhole ? load : `${load} ${part}`,
    capacityAcu,
    runs: runs.length,
    aas,
    p95Ms,
    running: pick((one) => one.running),
    p50Ms: pick((one) => one.p50Ms),
    acuHours: pick((one) => one.acuHours),
    seenAas: median(runs.map(({ seenAas }) => seenAas)),
    shapeError: median(runs.map(({ measured, planned }) => shapeError(measured, planned))),
    otherCpus: median(runs.map((run) => run.otherCpus)),
    agrees: isWhole ? isNear(aas.ratio) && isNear(p95Ms.ratio) : null,
  };
}

function sideBySide(runs: readonly Comparison[], of: (figures: Figures) => number | null): SideBySide {
  const known = (which: 'measured' | 'planned'): number[] =>
    runs.map((run) => of(run[which])).filter((value) => value !== null);
  const own = known('measured');
  const [measured, planned] = [median(own), median(known('planned'))];
  return {
    measured,
    planned,
    least: Math.min(...own),
    most: Math.max(...own),
    ratio: measured === null || planned === null ? null : planned / measured,
  };
}

function shapeError(measured: Figures, planned: Figures): number {
  const off = measured.aasPerSecond.reduce(
    (sum, aas, second) => sum + Math.abs(aas - (planned.aasPerSecond[second] ?? 0)),
    0,
  );
  return off / measured.aasPerSecond.length / measured.aas;
}

function isNear(ratio: number | null): boolean {
  return ratio !== null && ratio >= 1 - TOLERANCE && ratio <= 1 + TOLERANCE;
}

const RUNS = new Table(
  [
    'run',
    'AAS',
    'seen',
    'model',
    'running',
    'model',
    'p50',
    'model',
    'p95',
    'model',
    'ACUh',
    'model',
    'cost x',
    'others',
    'failed',
  ],
  30,
);

export function printRunHeader(): void {
  RUNS.printHeader();
}

export function printRun(run: Comparison): void {
  const { measured, planned } = run;
  RUNS.printRow([
    `${run.load === run.part ? run.load : `  ${run.part}`} at ${run.capacityAcu} ACU (${run.repetition + 1})`,
    figure(measured.aas, 2),
    figure(run.seenAas, 2),
    figure(planned.aas, 2),
    figure(measured.running, 3),
    figure(planned.running, 3),
    figure(measured.p50Ms, 1),
    figure(planned.p50Ms, 1),
    figure(measured.p95Ms, 1),
    figure(planned.p95Ms, 1),
    figure(measured.acuHours, 4),
    figure(planned.acuHours, 4),
    figure(run.costFactor, 2),
    figure(run.otherCpus, 2),
    String(run.failed),
  ]);
}

export function printSummary(rows: readonly SummaryRow[]): void {
  const table = new Table(
    [
      'load',
      'AAS, measured (runs)',
      'model',
      'ratio',
      'p95 ms, measured (runs)',
      'model',
      'ratio',
      'p50 ratio',
      'ACUh ratio',
      'seen AAS',
      'by second',
      'others',
      '',
    ],
    28,
  );
  console.log('\nMedians (least to most of the runs):');
  table.printHeader();
  for (const row of rows) {
    table.printRow([
      `${row.load} at ${row.capacityAcu} ACU`,
      spread(row.aas, 2),
      figure(row.aas.planned, 2),
      figure(row.aas.ratio, 2),
      spread(row.p95Ms, 0),
      figure(row.p95Ms.planned, 1),
      figure(row.p95Ms.ratio, 2),
      figure(row.p50Ms.ratio, 2),
      figure(row.acuHours.ratio, 2),
      figure(row.seenAas, 2),
      `${figure(100 * (row.shapeError ?? Number.NaN), 0)}%`,
      figure(row.otherCpus, 2),
      row.agrees === null ? '' : row.agrees ? 'agrees' : 'differs',
    ]);
  }
}

const PATH_SECONDS = 5;

/** What capacity did, in both worlds: medians of the runs at the same seconds of the load. */
export function printPaths(runs: readonly Comparison[]): void {
  const own = runs.filter(({ load, part }) => load === 'airglow' && part === load);
  const seconds = Math.min(...own.map(({ offered }) => offered.cpus.length));
  if (own.length === 0) return;
  const path = (which: 'measured' | 'planned'): string =>
    Array.from({ length: Math.floor(seconds / PATH_SECONDS) }, (_, index) => {
      const at = (index + 1) * PATH_SECONDS - 1;
      return figure(median(own.map((run) => run[which].acuPerSecond[at] ?? 0)), 1);
    }).join(' ');
  console.log(`Capacity under airglow every ${PATH_SECONDS} s, ACU:`);
  console.log(`  measured ${path('measured')}`);
  console.log(`  model    ${path('planned')}`);
}

/** `1.20 (1.08..1.31)` */
function spread({ measured, least, most }: SideBySide, digits: number): string {
  return ` ${figure(measured, digits)} (${figure(least, digits)}..${figure(most, digits)})`;
}

/** One sentence: whether the model is near enough on what was asked for. */
export function verdict(rows: readonly SummaryRow[]): string {
  const asked = rows.filter(({ agrees }) => agrees !== null);
  const off = asked.filter(({ agrees }) => agrees === false);
  const percent = TOLERANCE * 100;
  if (off.length === 0)
    return `The model is within ${percent} % on AAS and p95 in all ${asked.length} loads.`;
  const names = off.map(({ load, capacityAcu }) => `${load} at ${capacityAcu} ACU`).join(', ');
  return `The model is more than ${percent} % off on AAS or p95 in ${off.length} of ${asked.length} loads: ${names}.`;
}
