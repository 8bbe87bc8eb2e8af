import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus as processors, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { KERNEL_FILES } from '../src/kernel/limits/control-files.ts';
import { CpuV1 } from '../src/kernel/limits/cpu-v1.ts';
import { CpuV2 } from '../src/kernel/limits/cpu-v2.ts';
import type { CpuControl } from '../src/kernel/limits/group-parts.ts';
import { hasLimits, openLimits } from '../src/kernel/limits/open-limits.ts';
import type { CpuAccount, ResourceGroup } from '../src/kernel/limits/resource-group.ts';
import { findPgbench } from '../test/kit/pgbench.ts';
import type { Pgbench } from '../test/kit/pgbench.ts';
import { startTestPostgres } from '../test/kit/postgres.ts';
import { latenciesOf, readLog } from './limits/latencies.ts';
import type { Latencies, Transaction } from './limits/latencies.ts';

const USAGE = `npm run bench -- limits [--seconds 2.4] [--rounds 3] [--cpus 0.125,0.25,0.5,1,2] [--periods 10,20,50,100]
Latency of a PostgreSQL under a CPU limit, by the limit's period (ms) and with or without burst: a light load that
comes at random and needs half of the limit, and eight clients that never pause. Seconds are those of a cell, each of
which is measured in so many rounds. Needs root or delegated cgroups, and pgbench.`;
const CLIENTS = 8;
/** Nine short reads and one longer, as applications do. */
const SCRIPTS = {
  'short.sql@9': '\\set a random(1, 100000)\nselect abalance from pgbench_accounts where aid = :a;',
  'long.sql@1':
    '\\set a random(1, 90000)\nselect sum(abalance) from pgbench_accounts where aid between :a and :a + 10000;',
};
/** What a setting takes over from the one before. */
const SETTLE_MS = 150;

interface Setting {
  readonly cpus: number;
  readonly periodMs: number;
  readonly hasBurst: boolean;
}

interface Cell extends Latencies {
  readonly usedCpus: number;
  readonly tps: number;
  readonly throttledPercent: number;
}

interface Row extends Setting {
  readonly light: Cell;
  readonly saturated: Cell;
}

interface Bench {
  readonly group: ResourceGroup;
  readonly cpu: CpuControl;
  readonly pgbench: Pgbench;
  readonly url: string;
  readonly folder: string;
  readonly secondsPerCell: number;
  readonly rounds: number;
}

export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      seconds: { type: 'string', default: '2.4' },
      rounds: { type: 'string', default: '3' },
      cpus: { type: 'string', default: '0.125,0.25,0.5,1,2' },
      periods: { type: 'string', default: '10,20,50,100' },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) return console.log(USAGE);
  const { pgbench, reason } = findPgbench();
  if (pgbench === null) return fail(reason);
  const host = await openLimits({ root: `airglow-bench-${process.pid}` });
  if (!hasLimits(host)) return fail(`${host.reason} ${host.remedy}`);
  if (!host.capabilities.cpu) return fail('CPU cannot be limited here');
  const server = await startTestPostgres({ settings: { autovacuum: 'off', fsync: 'off' } });
  const group = await host.open('bench');
  const folder = mkdtempSync(join(tmpdir(), 'airglow-bench-'));
  const rows: Row[] = [];
  try {
    await pgbench.init(server.url, 1);
    for (const [name, text] of Object.entries(SCRIPTS)) {
      writeFileSync(join(folder, name.split('@')[0] ?? ''), text);
    }
    await group.enter(server.postmasterPid);
    const bench: Bench = {
      group,
      cpu: cpuOf(group, host.version),
      pgbench,
      url: server.socketUrl,
      folder,
      secondsPerCell: Number(values.seconds),
      rounds: Number(values.rounds),
    };
    const costMs = await measureCost(bench);
    console.log(`a transaction needs ${costMs.toFixed(3)} ms of CPU`);
    printHeader();
    for (const cpus of numbers(values.cpus)) {
      const settings = numbers(values.periods).flatMap((periodMs) =>
        (bench.cpu.hasBurst ? [false, true] : [false]).map((hasBurst) => ({ cpus, periodMs, hasBurst })),
      );
      const light = await measure(bench, settings, ['-R', String(Math.round((cpus * 500) / costMs))]);
      const saturated = await measure(bench, settings, []);
      for (const [index, setting] of settings.entries()) {
        rows.push({ ...setting, light: light[index] as Cell, saturated: saturated[index] as Cell });
        printRow(rows.at(-1) as Row);
      }
    }
  } finally {
    await server.stop('immediate');
    await group.remove();
    await host.removeRoot();
    rmSync(folder, { recursive: true, force: true });
  }
  console.log(
    JSON.stringify({ bench: 'limits', date: new Date().toISOString(), cores: processors().length, rows }),
  );
}

/** The group chooses its period itself, so what is measured here goes past it. */
function cpuOf(group: ResourceGroup, version: 1 | 2): CpuControl {
  const limited = group.folders.filter((folder) => folder.endsWith('/db'));
  const [folder = '', accountFolder = folder] = limited;
  return version === 1 ? new CpuV1(KERNEL_FILES, folder, accountFolder) : new CpuV2(KERNEL_FILES, folder);
}

/** CPU milliseconds of a transaction; to wake up costs more at a slower pace. */
async function measureCost(bench: Bench): Promise<number> {
  const before = account(bench).usageNs;
  const args = [...scriptArgs(bench), '-c', String(CLIENTS), '-R', '1000', '-T', '3'];
  const result = await bench.pgbench.start(bench.url, args).finished;
  return (account(bench).usageNs - before) / 1e6 / (result?.transactions ?? Number.NaN);
}

/** One pgbench for all settings, which take turns: what disturbs the machine disturbs all of them. */
async function measure(bench: Bench, settings: readonly Setting[], pace: readonly string[]): Promise<Cell[]> {
  const logs = mkdtempSync(join(bench.folder, 'log-'));
  const running = bench.pgbench.start(bench.url, [
    ...scriptArgs(bench),
    ...['-c', String(CLIENTS), '-T', '3600', '-l', '--log-prefix', join(logs, 'pgbench_log')],
    ...pace,
  ]);
  const stretches: Stretch[] = [];
  try {
    // Not limited itself, and with the server where it comes to shares of the host.
    await bench.group.exempt(running.pid);
    // Log-ins are not what this is about.
    await Promise.race([sleep(700), running.finished]);
    for (let round = 0; round < bench.rounds; round++) {
      for (const [index, setting] of settings.entries()) {
        stretches.push(await hold(bench, setting, index));
      }
    }
  } finally {
    bench.cpu.change({ quotaUs: null, periodUs: 100_000, burstUs: 0 });
    await sleep(200);
    await running.stop();
  }
  const transactions = readLog(logs);
  return settings.map((_, index) =>
    summarise(
      stretches.filter((stretch) => stretch.index === index),
      transactions,
    ),
  );
}

/** A time in which one setting was in force. */
interface Stretch {
  readonly index: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly before: CpuAccount;
  readonly after: CpuAccount;
}

async function hold(bench: Bench, setting: Setting, index: number): Promise<Stretch> {
  const periodUs = setting.periodMs * 1000;
  const quotaUs = Math.round(setting.cpus * periodUs);
  bench.cpu.change({ quotaUs, periodUs, burstUs: setting.hasBurst ? quotaUs : 0 });
  await sleep(SETTLE_MS);
  const before = account(bench);
  const fromMs = Date.now();
  await sleep((bench.secondsPerCell * 1000) / bench.rounds - SETTLE_MS);
  return { index, fromMs, toMs: Date.now(), before, after: account(bench) };
}

/** Percentiles of each stretch, and of those the median: a disturbance of the machine is in one stretch or two. */
function summarise(stretches: readonly Stretch[], transactions: readonly Transaction[]): Cell {
  const latencies = stretches.map(({ fromMs, toMs }) =>
    latenciesOf(transactions.filter(({ endedAtMs }) => endedAtMs >= fromMs && endedAtMs < toMs)),
  );
  const sum = (of: (stretch: Stretch) => number): number =>
    stretches.reduce((total, stretch) => total + of(stretch), 0);
  const seconds = sum(({ fromMs, toMs }) => toMs - fromMs) / 1000;
  const periods = sum(({ before, after }) => after.periods - before.periods);
  const throttled = sum(({ before, after }) => after.throttledPeriods - before.throttledPeriods);
  const count = latencies.reduce((total, stretch) => total + stretch.count, 0);
  return {
    p50: median(latencies.map(({ p50 }) => p50)),
    p95: median(latencies.map(({ p95 }) => p95)),
    p99: median(latencies.map(({ p99 }) => p99)),
    count,
    usedCpus: sum(({ before, after }) => after.usageNs - before.usageNs) / 1e9 / seconds,
    tps: count / seconds,
    throttledPercent: (100 * throttled) / Math.max(1, periods),
  };
}

function median(values: readonly number[]): number {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function account(bench: Bench): CpuAccount {
  const found = bench.cpu.account();
  if (found === null) throw new Error('the group of the benchmark was removed');
  return found;
}

function scriptArgs({ folder }: Bench): string[] {
  return ['-n', '-M', 'prepared', ...Object.keys(SCRIPTS).flatMap((name) => ['-f', join(folder, name)])];
}

function numbers(list: string): number[] {
  return list.split(',').map(Number);
}

function printHeader(): void {
  console.log(
    'cpus  period burst | light: used  p50    p95    p99   throttled | saturated: tps  p50    p95    p99',
  );
}

function printRow({ cpus, periodMs, hasBurst, light, saturated }: Row): void {
  const ms = ({ p50, p95, p99 }: Latencies): string =>
    [p50, p95, p99].map((value) => value.toFixed(1).padStart(6)).join(' ');
  console.log(
    [
      String(cpus).padEnd(6),
      `${periodMs} ms`.padStart(6),
      hasBurst ? 'yes' : 'no ',
      '|',
      light.usedCpus.toFixed(3).padStart(6),
      ms(light),
      `${light.throttledPercent.toFixed(0)}%`.padStart(5),
      '|',
      saturated.tps.toFixed(0).padStart(6),
      ms(saturated),
    ].join(' '),
  );
}

function fail(reason: string): void {
  console.error(reason);
  process.exitCode = 1;
}
