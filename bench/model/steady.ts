import { setTimeout as sleep } from 'node:timers/promises';
import { explainCpu } from '../../src/capacity/cpu-demand.ts';
import { meanCost } from '../load/arrivals.ts';
import type { BenchDatabase } from '../load/database.ts';
import type { Generator } from '../load/generator.ts';
import { accountBetween, otherCpus } from '../load/group-figures.ts';
import type { LoadResult } from '../load/plan.ts';
import { median, summarizeLatency } from '../load/statistics.ts';
import { figure, machine, Table } from '../load/table.ts';
import { fixedPolicy } from '../policies/fixed.ts';
import type { TracedDecision } from '../policies/switched.ts';
import { fullPerSecond } from './cost.ts';
import { MIX, SETTLE_MS, WARM_UP_MS } from './loads.ts';
import { activeSessions } from './active-sessions.ts';
import { bucketLaw, CROWDING, fitLaw } from './queue-law.ts';
import type { QueuePoint } from './queue-law.ts';

export interface SteadyOptions {
  readonly capacitiesAcu: readonly number[];
  readonly utilisations: readonly number[];
  readonly seconds: number;
  readonly repetitions: number;
  readonly seed: number;
  /** Of a request, beside its CPU, ms. */
  readonly otherMs: number;
}

/** A capacity at a utilisation, once. CPUs and sessions are means. */
export interface SteadyRow {
  readonly capacityAcu: number;
  readonly utilisation: number;
  readonly repetition: number;
  /** CPU account over what the limit allows. */
  readonly usedShare: number;
  readonly usedCpus: number;
  /** By the daemon's full looks. */
  readonly seenUsed: number;
  readonly seenWaiting: number;
  readonly seenThrottled: number;
  readonly waitingForLimit: number;
  /** The most that one of the looks, each a second, found. */
  readonly mostWaitingForLimit: number;
  /** Share of the fast looks in which the limit held something back. */
  readonly fastMet: number;
  /** Requests in the database, without what they take beside CPU. */
  readonly queue: number;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly otherCpus: number;
}

/** How much a small quota that is used evenly keeps waiting, only because requests come at random. */
export async function runSteady(
  database: BenchDatabase,
  generator: Generator,
  options: SteadyOptions,
): Promise<readonly SteadyRow[]> {
  const rows: SteadyRow[] = [];
  TABLE.printHeader();
  for (let repetition = 0; repetition < options.repetitions; repetition++) {
    for (const capacityAcu of options.capacitiesAcu) {
      await database.runBy(fixedPolicy('steady', capacityAcu), capacityAcu);
      await sleep(SETTLE_MS);
      const perSecond = await fullPerSecond(database, generator, capacityAcu);
      for (const utilisation of options.utilisations) {
        const row = await measure(
          database,
          generator,
          options,
          { capacityAcu, utilisation, repetition },
          perSecond * utilisation,
        );
        rows.push(row);
        printRow(row, `${repetition + 1}`);
      }
    }
  }
  printMedians(rows, options);
  printLaws(rows, database);
  return rows;
}

async function measure(
  database: BenchDatabase,
  generator: Generator,
  { seconds, seed, otherMs }: SteadyOptions,
  at: Pick<SteadyRow, 'capacityAcu' | 'utilisation' | 'repetition'>,
  perSecond: number,
): Promise<SteadyRow> {
  const { burnRounds } = database.calibration;
  const cpus = database.cpusOf(at.capacityAcu);
  const endMs = WARM_UP_MS + seconds * 1000;
  database.policy.takeTrace();
  const result = await generator.run({
    seed: seed + at.repetition,
    segments: [{ untilMs: endMs, perSecond }],
    mix: MIX,
    burnRounds,
    wideRows: 0,
    drainMs: 10_000,
  });
  const [fromMs, toMs] = [result.startAtMs + WARM_UP_MS, result.startAtMs + endMs];
  const usedCpus = accountBetween(result.group, fromMs, toMs).usedMs / (toMs - fromMs);
  const looks = database.policy.takeTrace().filter(({ atMs }) => atMs > fromMs + 1_000 && atMs <= toMs);
  const queue = queueOf(result, endMs, otherMs);
  const { p50, p95 } = summarizeLatency(result, WARM_UP_MS, endMs);
  return {
    ...at,
    usedCpus,
    usedShare: usedCpus / cpus,
    ...seenIn(looks),
    queue,
    p50Ms: p50,
    p95Ms: p95,
    otherCpus: otherCpus(result),
  };
}

function queueOf(result: LoadResult, endMs: number, otherMs: number): number {
  const count = result.dueMs.reduce((sum, dueMs) => sum + (dueMs >= WARM_UP_MS && dueMs < endMs ? 1 : 0), 0);
  const perMs = count / (endMs - WARM_UP_MS);
  return activeSessions(result, WARM_UP_MS, endMs, Number.POSITIVE_INFINITY) - perMs * otherMs;
}

function seenIn(
  looks: readonly TracedDecision[],
): Pick<
  SteadyRow,
  'seenUsed' | 'seenWaiting' | 'seenThrottled' | 'waitingForLimit' | 'mostWaitingForLimit' | 'fastMet'
> {
  const hostCpus = machine().cpus;
  const seen = (
    kind: 'fast' | 'full',
  ): { used: number; waiting: number; throttled: number; limit: number }[] =>
    looks.flatMap(({ seen: { kind: own, cpu } }) =>
      own !== kind || cpu === null
        ? []
        : [{ ...cpu, throttled: cpu.throttled ?? 0, limit: explainCpu(cpu, hostCpus).waitingForLimit }],
    );
  const [full, fast] = [seen('full'), seen('fast')];
  return {
    seenUsed: mean(full.map(({ used }) => used)),
    seenWaiting: mean(full.map(({ waiting }) => waiting)),
    seenThrottled: mean(full.map(({ throttled }) => throttled)),
    waitingForLimit: mean(full.map(({ limit }) => limit)),
    mostWaitingForLimit: Math.max(0, ...full.map(({ limit }) => limit)),
    fastMet: mean(fast.map(({ limit }) => (limit > 0 ? 1 : 0))),
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

const TABLE = new Table(
  [
    'ACU at %',
    'used %',
    'used',
    'seen used',
    'waiting',
    'throttled',
    'for limit',
    'most',
    'fast met %',
    'queue',
    'p50 ms',
    'p95 ms',
    'others',
  ],
  16,
);

function printRow(row: SteadyRow, label: string): void {
  TABLE.printRow([
    `${row.capacityAcu} at ${(100 * row.utilisation).toFixed(0)} (${label})`,
    figure(100 * row.usedShare, 1),
    figure(row.usedCpus, 3),
    figure(row.seenUsed, 3),
    figure(row.seenWaiting, 3),
    figure(row.seenThrottled, 3),
    figure(row.waitingForLimit, 3),
    figure(row.mostWaitingForLimit, 3),
    figure(100 * row.fastMet, 1),
    figure(row.queue, 3),
    figure(row.p50Ms, 1),
    figure(row.p95Ms, 1),
    figure(row.otherCpus, 2),
  ]);
}

function printMedians(rows: readonly SteadyRow[], { capacitiesAcu, utilisations }: SteadyOptions): void {
  console.log('\nMedians:');
  TABLE.printHeader();
  for (const capacityAcu of capacitiesAcu) {
    for (const utilisation of utilisations) {
      const own = rows.filter((row) => row.capacityAcu === capacityAcu && row.utilisation === utilisation);
      const first = own[0];
      if (first === undefined) continue;
      const middle = Object.fromEntries(
        Object.keys(first).map((key) => {
          const values = own.map((row) => row[key as keyof SteadyRow]).filter((value) => value !== null);
          return [key, median(values)];
        }),
      );
      printRow({ ...first, ...middle }, 'median');
    }
  }
}

function printLaws(rows: readonly SteadyRow[], database: BenchDatabase): void {
  const { costMs } = database.calibration;
  const laws = [CROWDING, bucketLaw(machine().cpus, meanCost(MIX, costMs))];
  const pointsAt = (capacityAcu?: number): QueuePoint[] =>
    rows
      .filter((row) => capacityAcu === undefined || row.capacityAcu === capacityAcu)
      .map((row) => ({
        cpus: row.usedCpus,
        limitCpus: database.cpusOf(row.capacityAcu),
        queue: row.queue,
      }));
  for (const law of laws) {
    const describe = (points: readonly QueuePoint[]): string => {
      const { parameter, error } = fitLaw(law, points);
      return `${law.name} = ${parameter.toFixed(2)} (${(100 * error).toFixed(0)} % off)`;
    };
    const each = [...new Set(rows.map(({ capacityAcu }) => capacityAcu))].map(
      (acu) => `${acu} ACU: ${describe(pointsAt(acu))}`,
    );
    console.log(`${law.formula}: ${[...each, `all: ${describe(pointsAt())}`].join(', ')}`);
  }
}
