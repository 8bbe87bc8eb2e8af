import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { DEFAULT_SHAPE } from '../src/capacity/acu.ts';
import { findPgbench } from '../test/kit/pgbench.ts';
import { median } from './load/statistics.ts';
import { machine } from './load/table.ts';
import { restartAtFixed, sortOnce } from './optimized-reads/experiments.ts';
import { measureCapacity, measureSize, openSubject } from './optimized-reads/sizes.ts';
import type { ReadsSettings } from './optimized-reads/sizes.ts';
import { noSlowStorage } from './optimized-reads/slow-storage.ts';

const PARTS = ['closed', 'open', 'capacity', 'sort'] as const;
type Part = (typeof PARTS)[number];

const USAGE = `npm run bench -- optimized-reads [--parts ${PARTS.join(',')}] [--memory-mib 512] [--sizes 0.5,2,5] [--iops 1000,3000,12000]
                              [--seconds 15] [--clients 16] [--offered 0.8] [--capacity-seconds 60] [--sort-rows 5000000] [--repetitions 3]
                              [--work-dir DIR] [--json FILE] [--verbose]
Data on storage that is as slow as a network volume (a loop device with a limit of reads a second and 125 MB/s), with and
without Optimized Reads on a fast disk (--work-dir), at a memory of one ACU:
  closed    point reads as fast as they are answered, at a fixed capacity: throughput, p95, AAS by wait
  open      the same number of point reads a second with and without (--offered: share of what it does without)
  capacity  more reads a second than storage serves, and Airglow decides on capacity: ACU that it chooses
  sort      sorts that spill, with temporary objects on the volume and on local storage
"large buffers" is a database without a tier and with two thirds of memory as shared_buffers. Each set is measured side by
side in one run. A try: --parts closed --sizes 2 --iops 1000 --seconds 8 --repetitions 1. Needs root, cgroup v1, pgbench, and three
times the data on disk.`;

const MIB = 1024 ** 2;

export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      parts: { type: 'string', default: PARTS.join(',') },
      'memory-mib': { type: 'string', default: '512' },
      sizes: { type: 'string', default: '0.5,2,5' },
      iops: { type: 'string', default: '1000,3000,12000' },
      seconds: { type: 'string', default: '15' },
      clients: { type: 'string', default: '16' },
      offered: { type: 'string', default: '0.8' },
      'capacity-seconds': { type: 'string', default: '60' },
      'sort-rows': { type: 'string', default: '5000000' },
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
  const settings: ReadsSettings = {
    memoryBytes: Number(values['memory-mib']) * MIB,
    iops: values.iops.split(',').map(Number),
    seconds: Number(values.seconds),
    clients: Number(values.clients),
    offered: Number(values.offered),
    capacitySeconds: Number(values['capacity-seconds']),
    repetitions: Number(values.repetitions),
    workDir: values['work-dir'],
    isVerbose: values.verbose === true,
  };
  const { cpus, memoryGib } = machine();
  console.log(
    `${cpus} processors, ${memoryGib} GiB, shared by server, pgbench and daemon. One ACU is ${values['memory-mib']} MiB here.`,
  );
  const results: Record<string, unknown> = {};
  const loops = { closed: parts.includes('closed'), open: parts.includes('open') };
  for (const size of loops.closed || loops.open ? values.sizes.split(',').map(Number) : [])
    results[`${size}x`] = await measureSize(size, loops, pgbench, settings);
  if (parts.includes('capacity')) results['capacity'] = await measureCapacity(pgbench, settings);
  if (parts.includes('sort')) results['sort'] = await measureSorts(settings, Number(values['sort-rows']));
  if (values.json !== undefined) writeFileSync(values.json, JSON.stringify(results, null, 2));
}

async function measureSorts(settings: ReadsSettings, rows: number): Promise<unknown> {
  const shape = { ...DEFAULT_SHAPE, memoryBytes: settings.memoryBytes, cpus: machine().cpus };
  const subject = await openSubject(0.1, shape, 1, settings);
  const results: Record<string, number[]> = {};
  try {
    console.log('\nSorts that spill');
    await restartAtFixed(subject, { name: 'without', tierBytes: 0 });
    for (let repetition = 0; repetition < settings.repetitions; repetition++) {
      for (const where of ['volume', 'local']) {
        await subject.useLocalStorage(where === 'local');
        for (const iops of settings.iops) {
          const { seconds, tempBytes } = await sortOnce(subject, iops, rows);
          const name = `${iops} IOPS ${where}`;
          console.log(
            `${name.padEnd(38)}${seconds.toFixed(1)} s, ${Math.round(tempBytes / MIB)} MiB spilled`,
          );
          (results[name] ??= []).push(seconds);
        }
      }
    }
    for (const iops of settings.iops) {
      const [volume, local] = ['volume', 'local'].map((where) =>
        median(results[`${iops} IOPS ${where}`] ?? []),
      );
      if (volume == null || local == null) continue;
      console.log(
        `${iops} IOPS: ${volume.toFixed(1)} s on the volume, ${local.toFixed(1)} s on local storage: ${(volume / local).toFixed(2)}x`,
      );
    }
    return results;
  } finally {
    await subject.close();
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
