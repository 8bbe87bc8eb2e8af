import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { airglowPolicy } from '../../src/capacity/decide.ts';
import type { Pgbench } from '../../test/kit/pgbench.ts';
import { fixedPolicy } from '../policies/fixed.ts';
import type { LoadByWait } from './load-window.ts';
import { readPoints } from './point-reads.ts';
import type { PointReadsResult } from './point-reads.ts';
import { NO_LIMITS, volumeOf } from './slow-storage.ts';
import type { Subject, Variant } from './subject.ts';

/** Settled ticks come so late. */
const SETTLED_MS = 3_500;
const FIXED_ACU = 1;
const WARM_SECONDS = 8;

export interface ReadsRow extends PointReadsResult {
  readonly load: LoadByWait;
  /** Mean over the window. */
  readonly acu: number;
  /** Reads of the volume and pages from swap, a second, as the kernel counts them for the whole host. */
  readonly storageReads: number;
  readonly tierReads: number;
}

export interface ReadsOptions {
  readonly clients: number;
  readonly seconds: number;
  readonly perSecond?: number;
}

/** Point reads at a fixed capacity of one unit, on storage of so many reads a second. */
export async function readAtFixed(
  subject: Subject,
  pgbench: Pgbench,
  iops: number,
  options: ReadsOptions,
): Promise<ReadsRow> {
  await subject.slowDown(volumeOf(iops));
  return readFor(subject, pgbench, options);
}

export async function settle(subject: Subject, pgbench: Pgbench, clients: number): Promise<void> {
  await subject.slowDown(NO_LIMITS);
  await readPoints(pgbench, subject.url, { clients, seconds: WARM_SECONDS, rows: subject.rows });
}

export async function restartAtFixed(subject: Subject, variant: Variant): Promise<void> {
  await subject.runAs(variant, fixedPolicy('fixed', FIXED_ACU), FIXED_ACU);
}

/** The same offered load with Airglow deciding on capacity, from one unit on: while it grows, and afterwards. */
export async function readWithPolicy(
  subject: Subject,
  pgbench: Pgbench,
  iops: number,
  options: ReadsOptions,
  growSeconds: number,
): Promise<{ readonly growing: ReadsRow; readonly grown: ReadsRow }> {
  await subject.slowDown(volumeOf(iops));
  await subject.decideBy(airglowPolicy, FIXED_ACU);
  const growing = await readFor(subject, pgbench, { ...options, seconds: growSeconds });
  return { growing, grown: await readFor(subject, pgbench, options) };
}

async function readFor(
  subject: Subject,
  pgbench: Pgbench,
  { clients, seconds, perSecond }: ReadsOptions,
): Promise<ReadsRow> {
  const window = subject.window();
  const before = { acu: subject.acuSeconds(), storage: subject.storage.reads(), tier: pagesFromSwap() };
  const rate = perSecond === undefined ? {} : { perSecond };
  const result = await readPoints(pgbench, subject.url, { clients, seconds, rows: subject.rows, ...rate });
  const after = { acu: subject.acuSeconds(), storage: subject.storage.reads(), tier: pagesFromSwap() };
  await sleep(SETTLED_MS);
  const load = window.between(result.startedAtMs + 1_000, result.endedAtMs);
  window.close();
  const wallSeconds = (result.endedAtMs - result.startedAtMs) / 1000;
  const perWallSecond = (key: keyof typeof after): number => (after[key] - before[key]) / wallSeconds;
  return {
    ...result,
    load,
    acu: perWallSecond('acu'),
    storageReads: perWallSecond('storage'),
    tierReads: perWallSecond('tier'),
  };
}

function pagesFromSwap(): number {
  return Number(/^pswpin (\d+)$/m.exec(readFileSync('/proc/vmstat', 'utf8'))?.[1] ?? 0);
}

const SORT = (rows: number): string =>
  `select max(length(filler)) from (select (i * 7919) % 1000003 as key, repeat('z', 250) as filler
     from (select generate_series(1, ${rows})::bigint as i) as numbers order by 1 offset 0) as sorted`;

export interface SortRow {
  readonly seconds: number;
  readonly tempBytes: number;
}

/** A sort that does not fit into work_mem, on a volume of so many operations a second. */
export async function sortOnce(subject: Subject, iops: number, rows: number): Promise<SortRow> {
  await subject.slowDown(volumeOf(iops));
  const tempSql = `select temp_bytes::float8 as bytes from pg_stat_database where datname = 'postgres'`;
  const [before] = await subject.ask<{ bytes: number }>(tempSql);
  const startedMs = performance.now();
  await subject.ask('set max_parallel_workers_per_gather = 0', `set work_mem = '16MB'`, SORT(rows));
  const seconds = (performance.now() - startedMs) / 1000;
  await sleep(1_500);
  const [after] = await subject.ask<{ bytes: number }>(tempSql);
  return { seconds, tempBytes: (after?.bytes ?? 0) - (before?.bytes ?? 0) };
}
