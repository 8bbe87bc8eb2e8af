import { figure, Table } from '../load/table.ts';
import { median } from '../load/statistics.ts';
import type { LatencySummary } from '../load/statistics.ts';
import type { PolicyName } from '../policies/by-name.ts';

/** One policy in one repetition. */
export interface Run {
  readonly policy: PolicyName;
  readonly repetition: number;
  /** Of the requests that were due in the first 10 s. */
  readonly window: LatencySummary;
  readonly whole: LatencySummary;
  /** Until the limit was as high as the work that comes in, by the kernel's file; null if it never was. */
  readonly grantedMs: number | null;
  readonly firstRaiseMs: number | null;
  readonly drainedMs: number | null;
  readonly throttledCpuSeconds: number;
  readonly meanAcu: number;
  readonly usedCpus: number;
  readonly offeredCpus: number;
  readonly latenessP99Ms: number | null;
  readonly generatorCpus: number;
  /** What else the machine did meanwhile, the daemon included: much of it, and latencies mean little. */
  readonly otherCpus: number;
  /** In force when the step came. */
  readonly startAcu: number;
  readonly disconnects: number;
}

const TABLE = new Table(
  [
    'policy',
    'start',
    'raise ms',
    'granted ms',
    'drained ms',
    'p50',
    'p95',
    'p99',
    'max',
    'throttled',
    'ACU',
    'used',
    'others',
    'failed',
    'open',
  ],
  16,
);

export function printRunHeader(): void {
  TABLE.printHeader();
}

export function printRun(one: Run): void {
  TABLE.printRow([
    `${one.policy} ${one.repetition + 1}`,
    figure(one.startAcu, 1),
    figure(one.firstRaiseMs, 0),
    figure(one.grantedMs, 0),
    figure(one.drainedMs, 0),
    ...latencyCells(one.window),
    figure(one.throttledCpuSeconds, 2),
    figure(one.meanAcu, 2),
    figure(one.usedCpus, 2),
    figure(one.otherCpus, 2),
    String(one.whole.failed),
    String(one.whole.unfinished),
  ]);
}

function latencyCells({ p50, p95, p99, max }: LatencySummary): string[] {
  return [figure(p50, 1), figure(p95, 1), figure(p99, 1), figure(max, 0)];
}

export interface Summary {
  readonly policy: PolicyName;
  readonly repetitions: number;
  readonly grantedMs: number | null;
  /** How often enough was never granted, or the backlog never went. */
  readonly neverGranted: number;
  readonly drainedMs: number | null;
  readonly neverDrained: number;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  /** Median of the ratios to the fixed maximum of the same repetition. */
  readonly p95Ratio: number | null;
  readonly p99Ratio: number | null;
  readonly failed: number;
  readonly unfinished: number;
}

export function summarize(runs: readonly Run[], policies: readonly PolicyName[]): Summary[] {
  return policies.map((policy) => {
    const own = runs.filter((one) => one.policy === policy);
    const known = (pick: (one: Run) => number | null): number[] =>
      own.map(pick).filter((value) => value !== null);
    const ratio = (pick: (one: Run) => number | null): number | null =>
      median(
        own.flatMap((one) => {
          const reference = runs.find(
            (other) => other.policy === 'fixed-max' && other.repetition === one.repetition,
          );
          const [value, base] = [pick(one), reference === undefined ? null : pick(reference)];
          return value === null || base === null ? [] : [value / base];
        }),
      );
    return {
      policy,
      repetitions: own.length,
      grantedMs: median(known((one) => one.grantedMs)),
      neverGranted: own.filter((one) => one.grantedMs === null).length,
      drainedMs: median(known((one) => one.drainedMs)),
      neverDrained: own.filter((one) => one.drainedMs === null).length,
      p50: median(known((one) => one.window.p50)),
      p95: median(known((one) => one.window.p95)),
      p99: median(known((one) => one.window.p99)),
      p95Ratio: ratio((one) => one.window.p95),
      p99Ratio: ratio((one) => one.window.p99),
      failed: own.reduce((sum, one) => sum + one.whole.failed, 0),
      unfinished: own.reduce((sum, one) => sum + one.whole.unfinished, 0),
    };
  });
}

export function printSummary(summary: readonly Summary[]): void {
  const columns = [
    'medians',
    'granted ms',
    'never',
    'drained ms',
    'never',
    'p50',
    'p95',
    'p99',
    'p95 ratio',
    'p99 ratio',
    'failed',
    'open',
  ];
  const table = new Table(columns, 16);
  console.log('');
  table.printHeader();
  for (const row of summary) {
    table.printRow([
      row.policy,
      figure(row.grantedMs, 0),
      String(row.neverGranted),
      figure(row.drainedMs, 0),
      String(row.neverDrained),
      figure(row.p50, 1),
      figure(row.p95, 1),
      figure(row.p99, 1),
      figure(row.p95Ratio, 2),
      figure(row.p99Ratio, 2),
      String(row.failed),
      String(row.unfinished),
    ]);
  }
}
