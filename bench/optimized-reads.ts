import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { AcuShape } from '../src/capacity/acu.ts';
import { DEFAULT_SHAPE } from '../src/capacity/acu.ts';
import { findPgbench } from '../test/kit/pgbench.ts';
import type { Pgbench } from '../test/kit/pgbench.ts';
import { median } from './load/statistics.ts';
import { figure, machine, Table } from './load/table.ts';
import {
  readAtFixed,
  readWithPolicy,
  restartAtFixed,
  settle,
  sortOnce,
} from './optimized-reads/experiments.ts';
import type { ReadsRow } from './optimized-reads/experiments.ts';
import { noSlowStorage } from './optimized-reads/slow-storage.ts';
import { Subject } from './optimized-reads/subject.ts';
import type { Variant } from './optimized-reads/subject.ts';

const PARTS = ['closed', 'open', 'capacity', 'sort'] as const;
type Part = (typeof PARTS)[number];

const USAGE = `npm run bench -- optimized-reads [--parts ${PARTS.join(',')}] [--memory-mib 512] [--sizes 0.5,2,5] [--iops 1000,3000,12000]
                              [--seconds 20] [--clients 16] [--offered 0.8] [--capacity-seconds 60] [--sort-rows 8000000] [--repetitions 3]
                              [--work-dir DIR] [--json FILE] [--verbose]
Data on storage that is as slow as a network volume (a loop device with a limit of reads a second and 125 MB/s), with and
without Optimized Reads on a fast disk (--work-dir), at a memory of one ACU:
  closed    point reads as fast as they are answered, at a fixed ACU: throughput, p95, AAS by wait
  open      the same number of point reads a second with and without (--offered: share of what it does without)
  capacity  the same load as open, and Airglow decides on capacity: ACU that it chooses
  sort      sorts that spill, with temporary objects on the volume and on local storage
Each pair is measured side by side in one run. A try: --parts closed --sizes 2 --iops 1000 --seconds 8 --repetitions 1. Needs root,
cgroup v1, pgbench, and three times the data on disk.`;

interface Settings {
  readonly memoryBytes: number;
  readonly iops: readonly number[];
  readonly seconds: number;
  readonly clients: number;
  readonly offered: number;
  readonly capacitySeconds: number;
  readonly sortRows: number;
  readonly repetitions: number;
  readonly workDir: string | undefined;
  readonly isVerbose: boolean;
}

const MIB = 1024 ** 2;
/** Pages of an index and of the catalogues come on top of the rows. */
const TIER_SHARE = 1.2;
const LEAST_TIER_BYTES = 640 * MIB;
/** The first seconds at a new memory size are those in which it fills or empties. */
const GROW_SECONDS = 60;

export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      parts: { type: 'string', default: PARTS.join(',') },
      'memory-mib': { type: 'string', default: '512' },
      sizes: { type: 'string', default: '0.5,2,5' },
      iops: { type: 'string', default: '1000,3000,12000' },
      seconds: { type: 'string', default: '20' },
      clients: { type: 'string', default: '16' },
      offered: { type: 'string', default: '0.8' },
      'capacity-seconds': { type: 'string', default: '60' },
      'sort-rows': { type: 'string', default: '8000000' },
      repetitions: { type: 'string', default: '3' },
      'work-dir': { type: 'string' },
      json: { type: 'string' },
      verbose: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) return console.log(USAGE);
  const parts = parseParts(values.parts);
  const { pgbench, reason } = findPgbench();
  const missing = noSlowStorage() ?? reason;
  if (pgbench === null || missing !== null)
    throw new Error(`Nothing to measure: ${missing ?? 'no pgbench'}.`);
  const settings: Settings = {
    memoryBytes: Number(values['memory-mib']) * MIB,
    iops: values.iops.split(',').map(Number),
    seconds: Number(values.seconds),
    clients: Number(values.clients),
    offered: Number(values.offered),
    capacitySeconds: Number(values['capacity-seconds']),
    sortRows: Number(values['sort-rows']),
    repetitions: Number(values.repetitions),
    workDir: values['work-dir'],
    isVerbose: values.verbose === true,
  };
  const { cpus, memoryGib } = machine();
  console.log(
    `${cpus} processors, ${memoryGib} GiB, shared by server, pgbench and daemon. One ACU is ${values['memory-mib']} MiB here.`,
  );
  const results: Record<string, unknown> = {};
  for (const size of values.sizes.split(',').map(Number)) {
    if (parts.includes('closed') || parts.includes('open'))
      results[`${size}x`] = await measureSize(size, parts, pgbench, settings);
  }
  if (parts.includes('capacity')) results['capacity'] = await measureCapacity(pgbench, settings);
  if (parts.includes('sort')) results['sort'] = await measureSorts(settings);
  if (values.json !== undefined) writeFileSync(values.json, JSON.stringify(results, null, 2));
}

async function open(size: number, shape: AcuShape, maxAcu: number, settings: Settings): Promise<Subject> {
  const dataBytes = size * settings.memoryBytes;
  const tierBytes = tierFor(dataBytes);
  const { workDir, isVerbose } = settings;
  return Subject.open({
    shape,
    maxAcu,
    dataBytes,
    tierBytes,
    isVerbose,
    ...(workDir !== undefined && { workDir }),
  });
}

/** The second is the fairer one to compare a tier with: shared memory that large holds little twice. */
function variantsOf(dataBytes: number, { memoryBytes }: Settings): readonly Variant[] {
  return [
    { name: 'without', tierBytes: 0 },
    { name: 'large buffers', tierBytes: 0, sharedBuffersBytes: 0.75 * memoryBytes },
    { name: 'with tier', tierBytes: tierFor(dataBytes) },
  ];
}

function tierFor(dataBytes: number): number {
  return Math.max(LEAST_TIER_BYTES, Math.round((dataBytes * TIER_SHARE) / MIB) * MIB);
}

const COLUMNS = [
  'reads/s',
  'p50 ms',
  'p95 ms',
  'p99 ms',
  'AAS',
  'run',
  'wait',
  'storage',
  'tier',
  'fault',
  'other',
  'ACU',
  'sto r/s',
  'tier r/s',
];

/** Closed and open loop at one size of the data: restarts are dear, so all that needs the same one is measured together. */
async function measureSize(
  size: number,
  parts: readonly Part[],
  pgbench: Pgbench,
  settings: Settings,
): Promise<unknown> {
  // CPU is not what is measured here: one unit has all processors.
  const shape = { ...DEFAULT_SHAPE, memoryBytes: settings.memoryBytes, cpus: machine().cpus };
  const subject = await open(size, shape, 1, settings);
  const rows = new Map<string, ReadsRow[]>();
  const rates = new Map<number, number>();
  try {
    console.log(`\nData of ${size}x memory`);
    const table = new Table(['', ...COLUMNS], 34);
    table.printHeader();
    for (let repetition = 0; repetition < settings.repetitions; repetition++) {
      for (const variant of variantsOf(size * settings.memoryBytes, settings)) {
        await restartAtFixed(subject, variant);
        await settle(subject, pgbench, settings.clients);
        for (const iops of settings.iops) {
          const { clients, seconds } = settings;
          if (parts.includes('closed')) {
            const row = await readAtFixed(subject, pgbench, iops, { clients, seconds });
            keep(rows, table, `closed ${iops} IOPS ${variant.name}`, row);
            if (!rates.has(iops)) rates.set(iops, row.tps);
          }
          if (parts.includes('open')) {
            const perSecond = Math.round((rates.get(iops) ?? iops) * settings.offered);
            rates.set(iops, rates.get(iops) ?? iops);
            const options = { clients, seconds, perSecond };
            const row = await readAtFixed(subject, pgbench, iops, options);
            keep(rows, table, `open ${perSecond}/s ${iops} IOPS ${variant.name}`, row);
          }
        }
      }
    }
    printMedians(rows, table);
    return Object.fromEntries(rows);
  } finally {
    await subject.close();
  }
}

async function measureCapacity(pgbench: Pgbench, settings: Settings): Promise<unknown> {
  const shape = { ...DEFAULT_SHAPE, memoryBytes: settings.memoryBytes };
  const subject = await open(2, shape, 8, settings);
  const rows = new Map<string, ReadsRow[]>();
  try {
    const variants = variantsOf(2 * settings.memoryBytes, settings);
    console.log('\nData of 2x the memory of one ACU; Airglow chooses from 0.5 to 8 ACU');
    const table = new Table(['', ...COLUMNS], 34);
    table.printHeader();
    for (const iops of settings.iops.filter((one) => one <= 3000)) {
      for (const variant of [variants[0], variants[2]]) {
        if (variant === undefined) continue;
        await restartAtFixed(subject, variant);
        const row = await readWithPolicy(subject, pgbench, iops, {
          clients: settings.clients,
          seconds: settings.capacitySeconds,
          // Storage that gives so many reads a second serves about as many requests of which every other one misses.
          perSecond: Math.round(iops * settings.offered * 0.8),
          warmSeconds: GROW_SECONDS,
        });
        keep(rows, table, `${iops} IOPS ${variant.name}`, row);
      }
    }
    return Object.fromEntries(rows);
  } finally {
    await subject.close();
  }
}

async function measureSorts(settings: Settings): Promise<unknown> {
  const shape = { ...DEFAULT_SHAPE, memoryBytes: settings.memoryBytes, cpus: machine().cpus };
  const subject = await open(0.1, shape, 1, settings);
  const results: Record<string, number[]> = {};
  try {
    console.log('\nSorts that spill');
    await restartAtFixed(subject, { name: 'without', tierBytes: 0 });
    for (let repetition = 0; repetition < settings.repetitions; repetition++) {
      for (const isLocal of [false, true]) {
        await subject.useLocalStorage(isLocal);
        for (const iops of settings.iops) {
          const { seconds, tempBytes } = await sortOnce(subject, iops, settings.sortRows);
          const name = `${iops} IOPS ${isLocal ? 'local' : 'volume'}`;
          console.log(
            `${name.padEnd(34)}${seconds.toFixed(1)} s, ${Math.round(tempBytes / MIB)} MiB spilled`,
          );
          (results[name] ??= []).push(seconds);
        }
      }
    }
    for (const iops of settings.iops) {
      const [volume, local] = ['volume', 'local'].map((where) =>
        median(results[`${iops} IOPS ${where}`] ?? []),
      );
      if (volume != null && local != null)
        console.log(
          `${iops} IOPS: ${volume.toFixed(1)} s on the volume, ${local.toFixed(1)} s on local storage: ${(volume / local).toFixed(2)}x`,
        );
    }
    return results;
  } finally {
    await subject.close();
  }
}

function keep(rows: Map<string, ReadsRow[]>, table: Table, name: string, row: ReadsRow): void {
  rows.set(name, [...(rows.get(name) ?? []), row]);
  table.printRow([name, ...cellsOf(row)]);
}

function cellsOf({ tps, p50, p95, p99, load, acu, storageReads, tierReads }: ReadsRow): string[] {
  const { total, running, waitingForCpu, storageRead, tierRead, pageFault, spill, other } = load;
  return [
    figure(tps, 0),
    ...[p50, p95, p99].map((ms) => figure(ms, 2)),
    ...[total, running, waitingForCpu, storageRead, tierRead, pageFault, other + spill].map((aas) =>
      figure(aas, 2),
    ),
    figure(acu, 2),
    figure(storageReads, 0),
    figure(tierReads, 0),
  ];
}

function printMedians(rows: ReadonlyMap<string, readonly ReadsRow[]>, table: Table): void {
  console.log('Medians');
  for (const [name, all] of rows) {
    const middle = (pick: (row: ReadsRow) => number): number => median(all.map(pick)) ?? Number.NaN;
    const cells = [
      figure(
        middle((row) => row.tps),
        0,
      ),
      ...(['p50', 'p95', 'p99'] as const).map((key) =>
        figure(
          middle((row) => row[key]),
          2,
        ),
      ),
      ...(
        ['total', 'running', 'waitingForCpu', 'storageRead', 'tierRead', 'pageFault', 'other'] as const
      ).map((key) =>
        figure(
          middle((row) => row.load[key]),
          2,
        ),
      ),
      figure(
        middle((row) => row.acu),
        2,
      ),
      figure(
        middle((row) => row.storageReads),
        0,
      ),
      figure(
        middle((row) => row.tierReads),
        0,
      ),
    ];
    table.printRow([name, ...cells]);
  }
}

function parseParts(text: string): Part[] {
  return text.split(',').map((name) => {
    const part = PARTS.find((one) => one === name.trim());
    if (part === undefined)
      throw new Error(`${JSON.stringify(name)} is no part: choose from ${PARTS.join(', ')}.`);
    return part;
  });
}
