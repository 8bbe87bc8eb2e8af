import { percentile } from '../load/statistics.ts';
import { figure, Table } from '../load/table.ts';
import type { Way } from './client-messages.ts';
import type { SleepState, Wakes } from './measure.ts';

export interface Spread {
  readonly count: number;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly max: number | null;
}

export interface WakeRow {
  /** The whole product, or the sentinel without a daemon. */
  readonly path: 'fleet' | 'sentinel alone';
  readonly state: SleepState;
  readonly way: Way;
  readonly wake: Spread;
  readonly awake: Spread;
  /** By the sentinel's own account. */
  readonly sentinel: Spread;
  /** How many times as long as the same question awake, of the medians. */
  readonly ratio: number | null;
}

interface Target {
  readonly p50: number;
  readonly p99: number;
}

/** Milliseconds; of a wake right after a pause. */
export const TARGETS: Readonly<Record<Way, Target>> = {
  tcp: { p50: 3, p99: 10 },
  new: { p50: 15, p99: 50 },
  unix: { p50: 3, p99: 10 },
};

const NAMES: Readonly<Record<Way, string>> = { tcp: 'idle TCP', new: 'new TCP', unix: 'idle Unix' };

export function spread(values: readonly number[]): Spread {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  return {
    count: sorted.length,
    p50: percentile(sorted, 0.5),
    p95: percentile(sorted, 0.95),
    p99: percentile(sorted, 0.99),
    max: sorted.at(-1) ?? null,
  };
}

export function toRow(path: WakeRow['path'], { state, way, ...measured }: Wakes): WakeRow {
  const [wake, awake, sentinel] = [measured.wakes, measured.awake, measured.sentinel].map(spread) as [
    Spread,
    Spread,
    Spread,
  ];
  const ratio = wake.p50 === null || awake.p50 === null ? null : wake.p50 / awake.p50;
  return { path, state, way, wake, awake, sentinel, ratio };
}

/** Targets are of the whole product, right after a pause; null where there is none. */
export function meetsTarget({ path, state, way, wake }: WakeRow): boolean | null {
  if (path !== 'fleet' || state !== 'just paused' || wake.p50 === null || wake.p99 === null) return null;
  return wake.p50 <= TARGETS[way].p50 && wake.p99 <= TARGETS[way].p99;
}

const TABLE = new Table(
  [
    'wakes, ms',
    'client',
    'n',
    'p50',
    'p95',
    'p99',
    'max',
    'target',
    'met',
    'awake p50',
    'awake p99',
    'ratio',
    'sentinel',
  ],
  32,
);

export function printHeader(): void {
  TABLE.printHeader();
}

export function printRow(row: WakeRow): void {
  const { path, state, way, wake, awake, sentinel, ratio } = row;
  const met = meetsTarget(row);
  const target = TARGETS[way];
  TABLE.printRow([
    path === 'fleet' ? state : `${state} (${path})`,
    NAMES[way],
    String(wake.count),
    figure(wake.p50, 2),
    figure(wake.p95, 2),
    figure(wake.p99, 2),
    figure(wake.max, 1),
    met === null ? '-' : `${target.p50}/${target.p99}`,
    met === null ? '-' : met ? 'yes' : 'NO',
    figure(awake.p50, 2),
    figure(awake.p99, 2),
    figure(ratio, 1),
    figure(sentinel.p50, 2),
  ]);
}
