import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { BUNDLED_MAJOR } from '../../src/cluster/managed/engine-finder.ts';
import { readSpec } from '../../src/cluster/managed/cluster-file.ts';
import { hasLimits, openLimits } from '../../src/kernel/limits/open-limits.ts';
import type { ResourceGroup } from '../../src/kernel/limits/resource-group.ts';
import { waitFor } from '../../test/kit/wait-for.ts';
import { figure, Table } from '../load/table.ts';
import type { TakeDown } from '../load/take-down.ts';
import { Daemon } from './daemon.ts';
import { processFigures } from './process-figures.ts';
import { isSwapOn } from './swap.ts';

export interface CostOptions {
  readonly stateDir: string;
  readonly databases: number;
  readonly seconds: number;
  readonly takeDown: TakeDown;
  readonly log: (line: string) => void;
}

export interface ProcessCost {
  /** Of one core. */
  readonly cpuPercent: number;
  readonly rssMib: number;
  readonly pssMib: number | null;
}

export interface CostOfSleeping {
  readonly databases: number;
  readonly seconds: number;
  readonly daemon: ProcessCost;
  readonly sentinel: ProcessCost;
  /** Of all databases together; nothing of them runs, so 0. */
  readonly databasesCpuMs: number;
  /** Of one database, in the mean. */
  readonly memory: {
    /** The most that it had before its page cache was given back. */
    readonly before: Memory;
    readonly afterCacheReturn: Memory;
    /** Null where there is no swap. */
    readonly swappedOut: Memory | null;
  };
}

/** What the kernel counts to a group, in MiB. */
export interface Memory {
  readonly allMib: number;
  readonly cacheMib: number;
  /** Private and shared memory of the processes, and what the kernel holds for them. */
  readonly otherMib: number;
}

const MIB = 1024 ** 2;
const AUTO_PAUSE_S = 15;
/** The product gives the page cache back 10 s after a pause. */
const SETTLE_MS = 20_000;
const PATIENCE_MS = 120_000;

/** Databases of `airglow up`, each with an idle client, all asleep. */
export async function measureCostOfSleeping(options: CostOptions): Promise<CostOfSleeping> {
  const { databases, seconds, stateDir, takeDown, log } = options;
  const daemon = await Daemon.start(stateDir);
  takeDown.add(() => daemon.end());
  const groups: ResourceGroup[] = [];
  for (let number = 1; number <= databases; number++) {
    groups.push(await createWithClient(daemon, stateDir, `db-${number}`, takeDown));
    log(`${number} of ${databases} databases made`);
  }
  const before = await untilAllSleep(daemon, groups);
  log(`all are paused; measured for ${seconds} s`);
  await sleep(SETTLE_MS);
  const running = await watch(daemon, groups, seconds);
  const afterCacheReturn = mean(groups.map(memoryOf));
  const swappedOut = await swapOut(groups);
  return { databases, seconds, ...running, memory: { before, afterCacheReturn, swappedOut } };
}

/** Resolves to the most memory that they had meanwhile. */
async function untilAllSleep(daemon: Daemon, groups: readonly ResourceGroup[]): Promise<Memory> {
  const most = new Map<ResourceGroup, Memory>();
  await waitFor(
    async () => {
      for (const group of groups) {
        const now = memoryOf(group);
        if (now.allMib > (most.get(group)?.allMib ?? 0)) most.set(group, now);
      }
      return (await daemon.api.clusters()).clusters.every(({ status }) => status === 'paused');
    },
    { what: 'all databases to be paused', timeoutMs: PATIENCE_MS, pollMs: 1_000 },
  );
  return mean([...most.values()]);
}

async function createWithClient(
  daemon: Daemon,
  stateDir: string,
  name: string,
  takeDown: TakeDown,
): Promise<ResourceGroup> {
  await daemon.api.createCluster({
    name,
    minCapacity: 0,
    maxCapacity: 1,
    secondsUntilAutoPause: AUTO_PAUSE_S,
    engineVersion: BUNDLED_MAJOR,
  });
  const client = new pg.Client({ connectionString: (await daemon.api.clusterUrl(name)).url });
  client.on('error', () => {});
  await client.connect();
  await client.query('create table kept as select generate_series(1, 10000) as id');
  takeDown.add(() => client.end());
  const limits = await openLimits();
  if (!hasLimits(limits)) throw new Error(limits.reason);
  return limits.open((await readSpec(join(stateDir, 'clusters', name), () => {})).id);
}

async function watch(
  daemon: Daemon,
  groups: readonly ResourceGroup[],
  seconds: number,
): Promise<Pick<CostOfSleeping, 'daemon' | 'sentinel' | 'databasesCpuMs'>> {
  const pids = [daemon.pid, daemon.sentinelPid()];
  const cpuMsOfGroups = (): number =>
    groups.reduce((sum, group) => sum + (group.cpuAccount()?.usageNs ?? 0) / 1e6, 0);
  const before = pids.map((pid) => processFigures(pid).cpuMs);
  const databasesBefore = cpuMsOfGroups();
  await sleep(seconds * 1000);
  const databasesCpuMs = cpuMsOfGroups() - databasesBefore;
  const [first, second] = pids.map((pid, index): ProcessCost => {
    const { cpuMs, rssBytes, pssBytes } = processFigures(pid);
    return {
      cpuPercent: (cpuMs - (before[index] ?? 0)) / (seconds * 10),
      rssMib: rssBytes / MIB,
      pssMib: pssBytes === null ? null : pssBytes / MIB,
    };
  });
  if (first === undefined || second === undefined) throw new Error('unreachable');
  return { daemon: first, sentinel: second, databasesCpuMs };
}

async function swapOut(groups: readonly ResourceGroup[]): Promise<Memory | null> {
  if (!isSwapOn()) return null;
  for (const group of groups) await group.reclaim();
  return mean(groups.map(memoryOf));
}

function memoryOf(group: ResourceGroup): Memory {
  const account = group.memoryAccount();
  if (account === null) throw new Error(`The group ${group.name} is gone.`);
  const { usageBytes, fileBytes } = account;
  return { allMib: usageBytes / MIB, cacheMib: fileBytes / MIB, otherMib: (usageBytes - fileBytes) / MIB };
}

function mean(of: readonly Memory[]): Memory {
  const part = (key: keyof Memory): number => of.reduce((sum, one) => sum + one[key], 0) / of.length;
  return { allMib: part('allMib'), cacheMib: part('cacheMib'), otherMib: part('otherMib') };
}

export function printCost({
  databases,
  seconds,
  daemon,
  sentinel,
  databasesCpuMs,
  memory,
}: CostOfSleeping): void {
  console.log(`\n${databases} databases asleep, each with an idle client; processor time over ${seconds} s`);
  const table = new Table(['', '% of a core', 'RSS, MiB', 'PSS, MiB']);
  table.printHeader();
  const row = (name: string, { cpuPercent, rssMib, pssMib }: ProcessCost): void =>
    table.printRow([name, figure(cpuPercent, 2), figure(rssMib, 1), figure(pssMib, 1)]);
  row('daemon', daemon);
  row('sentinel', sentinel);
  row('together', {
    cpuPercent: daemon.cpuPercent + sentinel.cpuPercent,
    rssMib: daemon.rssMib + sentinel.rssMib,
    pssMib: daemon.pssMib === null || sentinel.pssMib === null ? null : daemon.pssMib + sentinel.pssMib,
  });
  const stage = (name: string, is: Memory | null): void =>
    console.log(
      is === null
        ? `${name}: not measured, no swap`
        : `${name}: ${is.allMib.toFixed(1)} MiB, of it ${is.cacheMib.toFixed(1)} page cache`,
    );
  console.log('Of a database, in the mean, as the kernel counts it:');
  stage('  at its most', memory.before);
  stage('  after cache return', memory.afterCacheReturn);
  stage('  after swap-out', memory.swappedOut);
  console.log(
    `All databases together used ${databasesCpuMs.toFixed(1)} ms of processor time. Target of both processes: under 200 MB.`,
  );
}
