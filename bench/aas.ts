import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { RunningPostgres } from '../src/cluster/server.ts';
import type { LoadSummary } from '../src/load/summary.ts';
import { createCpuGroup } from '../test/kit/cgroup.ts';
import type { CpuGroup } from '../test/kit/cgroup.ts';
import { findPgbench } from '../test/kit/pgbench.ts';
import type { Pgbench } from '../test/kit/pgbench.ts';
import { startTestPostgres } from '../test/kit/postgres.ts';
import { childrenOf, startNaiveSampler, startStatePoll, startView } from './aas/instruments.ts';
import { WORKLOADS } from './aas/workloads.ts';
import type { Workload } from './aas/workloads.ts';
import { startCapture, whyNoCapture } from './truth/capture.ts';
import { measureInFlight } from './truth/in-flight.ts';
import { readPcap } from './truth/pcap.ts';

const USAGE = `npm run bench -- aas [--seconds 30] [--cpus 0.25,0.5,1,none] [--loads ${WORKLOADS.map((w) => w.name).join(',')}] [--interval-ms 200]
Holds five ways to measure AAS against the truth: requests that have reached the server and are not answered.
Needs root, cgroups, tcpdump and pgbench.`;
const WARM_UP_MS = 3_000;
const SCALE = 10;

interface Row {
  readonly load: string;
  readonly cpus: string;
  readonly truth: number;
  readonly sampled: number;
  readonly activeTime: number;
  readonly session: number;
  readonly kernel: number;
  readonly errorPercent: number;
  readonly targetPercent: number;
  readonly running: number;
  readonly runningTruth: number;
  readonly waiting: number;
  readonly waitingTruth: number;
  readonly waits: number;
  readonly waitsTruth: number;
  readonly droppedPackets: number;
}

interface Bench {
  readonly server: RunningPostgres;
  readonly group: CpuGroup;
  readonly pgbench: Pgbench;
  readonly seconds: number;
  readonly intervalMs: number;
}

export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      seconds: { type: 'string', default: '30' },
      cpus: { type: 'string', default: '0.25,0.5,1,none' },
      loads: { type: 'string', default: WORKLOADS.map((workload) => workload.name).join(',') },
      'interval-ms': { type: 'string', default: '200' },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) return console.log(USAGE);
  const bench = await setUp(Number(values.seconds), Number(values['interval-ms']));
  const rows: Row[] = [];
  try {
    printHeader();
    for (const name of values.loads.split(',')) {
      const workload = WORKLOADS.find((one) => one.name === name);
      if (workload === undefined) throw new Error(`There is no load ${name}.\n${USAGE}`);
      for (const limit of values.cpus.split(',')) {
        const row = await measure(bench, workload, limit);
        rows.push(row);
        printRow(row);
      }
    }
  } finally {
    await bench.server.stop('immediate');
    await bench.group.remove();
  }
  console.log(JSON.stringify({ bench: 'aas', date: new Date().toISOString(), cores: cpus().length, rows }));
}

async function setUp(seconds: number, intervalMs: number): Promise<Bench> {
  const noCapture = whyNoCapture();
  if (noCapture !== null) throw new Error(`The truth cannot be measured: ${noCapture}`);
  const { pgbench, reason } = findPgbench();
  if (pgbench === null) throw new Error(reason);
  const made = await createCpuGroup('bench-aas');
  if (made.group === null) throw new Error(made.reason);
  const server = await startTestPostgres({
    settings: { shared_buffers: '256MB', autovacuum: 'off', max_parallel_workers_per_gather: 0 },
  });
  await pgbench.init(server.url, SCALE);
  await made.group.add(server.postmasterPid);
  return { server, group: made.group, pgbench, seconds, intervalMs };
}

async function measure(bench: Bench, workload: Workload, limit: string): Promise<Row> {
  const { server, group, seconds, intervalMs } = bench;
  await group.setCpus(limit === 'none' ? null : Number(limit));
  const capture = await startCapture(server.port);
  const serverPids = childrenOf(server.postmasterPid);
  const load = startLoad(bench, workload, seconds + 30);
  await new Promise((resolve) => setTimeout(resolve, WARM_UP_MS));
  const instruments = {
    kernel: await startView(server.url, 'auto', intervalMs),
    session: await startView(server.url, 'session', intervalMs),
    naive: await startNaiveSampler(server.url),
  };
  const ownPids = Object.values(instruments).map(({ backendPid }) => backendPid ?? 0);
  const poll = startStatePoll(server.postmasterPid, [...serverPids, ...ownPids]);
  const before = await group.stat();
  const fromMs = Date.now();
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  const toMs = Date.now();
  const after = await group.stat();
  const runnable = await poll.stop();
  const [kernel, session, sampled] = await Promise.all([
    instruments.kernel.stop(),
    instruments.session.stop(),
    instruments.naive.stop(),
  ]);
  await load.stop();
  const packets = await capture.stop();
  const truth = measureInFlight(readPcap(packets.path), server.port, { fromMs, toMs }, 'airglow');
  packets.dispose();
  const used = (after.usageMs - before.usageMs) / (toMs - fromMs);
  return toRow(workload, limit, {
    kernel,
    session,
    sampled,
    truth: truth.aas,
    used,
    runnable,
    dropped: packets.dropped,
  });
}

function startLoad(
  { pgbench, server }: Bench,
  workload: Workload,
  seconds: number,
): { stop(): Promise<void> } {
  const folder = mkdtempSync(join(tmpdir(), 'airglow-bench-'));
  const script = join(folder, 'load.sql');
  if (workload.script !== undefined) writeFileSync(script, workload.script);
  const args = [
    '-n',
    ...workload.args,
    ...(workload.script === undefined ? [] : ['-f', script]),
    '-T',
    String(seconds),
  ];
  const running = pgbench.start(server.url, args);
  running.finished.catch((error: unknown) => console.error(error));
  return {
    async stop() {
      await running.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

interface Readings {
  readonly kernel: LoadSummary;
  readonly session: LoadSummary;
  readonly sampled: { readonly sampled: number; readonly activeTime: number };
  readonly truth: number;
  readonly used: number;
  readonly runnable: number;
  readonly dropped: number;
}

function toRow(workload: Workload, limit: string, readings: Readings): Row {
  const { kernel, truth, used, runnable } = readings;
  return {
    load: workload.name,
    cpus: limit,
    truth,
    sampled: readings.sampled.sampled,
    activeTime: readings.sampled.activeTime,
    session: readings.session.aas,
    kernel: kernel.aas,
    errorPercent: (100 * (kernel.aas - truth)) / truth,
    targetPercent: workload.targetPercent,
    running: kernel.cpuRunning ?? Number.NaN,
    runningTruth: used,
    waiting: kernel.cpuWaiting ?? Number.NaN,
    waitingTruth: Math.max(0, runnable - used),
    waits: kernel.nonCpu,
    waitsTruth: Math.max(0, truth - runnable),
    droppedPackets: readings.dropped,
  };
}

const COLUMNS = [
  'load',
  'cpus',
  'truth',
  'sampled',
  'act.time',
  'session',
  'kernel',
  'error',
  'run',
  '(cgroup)',
  'wait',
  '(polled)',
  'waits',
  '(rest)',
];

function printHeader(): void {
  console.log(COLUMNS.map((column, index) => (index === 0 ? column.padEnd(8) : column.padStart(9))).join(''));
}

function printRow(row: Row): void {
  const figures = [row.truth, row.sampled, row.activeTime, row.session, row.kernel];
  const split = [row.running, row.runningTruth, row.waiting, row.waitingTruth, row.waits, row.waitsTruth];
  const cells = [
    row.cpus,
    ...figures.map((value) => value.toFixed(2)),
    `${row.errorPercent >= 0 ? '+' : ''}${row.errorPercent.toFixed(1)}%${Math.abs(row.errorPercent) > row.targetPercent ? '!' : ' '}`,
    ...split.map((value) => value.toFixed(2)),
  ];
  console.log(row.load.padEnd(8) + cells.map((cell) => cell.padStart(9)).join(''));
}
