import { DEFAULT_SHAPE } from '../../src/capacity/acu.ts';
import type { AcuShape } from '../../src/capacity/acu.ts';
import type { Pgbench } from '../../test/kit/pgbench.ts';
import { machine } from '../load/table.ts';
import { readAtFixed, readWithPolicy, restartAtFixed, settle } from './experiments.ts';
import type { ReadsRow } from './experiments.ts';
import { printPrediction } from './predicted.ts';
import { ReadsReport } from './report.ts';
import { Subject } from './subject.ts';
import type { Variant } from './subject.ts';

export interface ReadsSettings {
  /** Of one ACU. */
  readonly memoryBytes: number;
  readonly iops: readonly number[];
  readonly seconds: number;
  readonly clients: number;
  /** Of what is done without a tier. */
  readonly offered: number;
  readonly capacitySeconds: number;
  readonly repetitions: number;
  readonly workDir: string | undefined;
  readonly isVerbose: boolean;
}

const MIB = 1024 ** 2;
/** Pages of an index and of the catalogues come on top of the rows. */
const TIER_SHARE = 1.2;
const LEAST_TIER_BYTES = 640 * MIB;
/** Memory that the server needs for other things than pages. */
const OTHER_MEMORY_BYTES = 50 * MIB;
/** Above it the memory guard finds no room for sessions: page tables and the page cache that it keeps need the rest. */
const LARGE_BUFFERS_SHARE = 0.65;
/** At a new size memory fills only as fast as storage reads. */
const GROW_SECONDS = 100;
/** More than slow storage serves at a capacity of one unit, and little for a processor. */
const SATURATING = 2;
/** With so many processors a unit, memory is what binds. */
const CPUS_OF_A_UNIT = 0.5;

export async function openSubject(
  size: number,
  shape: AcuShape,
  maxAcu: number,
  { memoryBytes, workDir, isVerbose }: ReadsSettings,
): Promise<Subject> {
  const dataBytes = Math.round(size * memoryBytes);
  const work = workDir === undefined ? {} : { workDir };
  return Subject.open({ shape, maxAcu, dataBytes, tierBytes: tierFor(dataBytes), isVerbose, ...work });
}

/** Two of them without a tier: large shared memory holds little twice, so it is the fairer one to compare with. */
const WITHOUT: Variant = { name: 'without', tierBytes: 0 };

function variantsOf(size: number, { memoryBytes }: ReadsSettings): readonly Variant[] {
  return [
    WITHOUT,
    { name: 'large buffers', tierBytes: 0, sharedBuffersBytes: LARGE_BUFFERS_SHARE * memoryBytes },
    { name: 'with tier', tierBytes: tierFor(size * memoryBytes) },
  ];
}

function tierFor(dataBytes: number): number {
  return Math.max(LEAST_TIER_BYTES, Math.round((dataBytes * TIER_SHARE) / MIB) * MIB);
}

/** Closed and open loop at one size of the data: restarts are dear, so all that needs the same one is measured together. */
export async function measureSize(
  size: number,
  loops: { readonly closed: boolean; readonly open: boolean },
  pgbench: Pgbench,
  settings: ReadsSettings,
): Promise<unknown> {
  // CPU is not what is measured here: one unit has all processors.
  const shape = { ...DEFAULT_SHAPE, memoryBytes: settings.memoryBytes, cpus: machine().cpus };
  const subject = await openSubject(size, shape, 1, settings);
  const report = new ReadsReport();
  const { clients, seconds } = settings;
  const rates = new Map<number, number>();
  const last = new Map<string, ReadsRow>();
  try {
    report.printHeader(`Data of ${size}x memory, capacity fixed`);
    for (let repetition = 0; repetition < settings.repetitions; repetition++) {
      for (const variant of variantsOf(size, settings)) {
        await restartAtFixed(subject, variant);
        await settle(subject, pgbench, clients);
        for (const iops of settings.iops) {
          if (loops.closed) {
            const row = await readAtFixed(subject, pgbench, iops, { clients, seconds });
            report.add(`closed ${iops} IOPS ${variant.name}`, row);
            if (!rates.has(iops)) rates.set(iops, Math.round(row.tps * settings.offered));
          }
          if (!loops.open) continue;
          const perSecond = rates.get(iops) ?? Math.round(iops * settings.offered);
          rates.set(iops, perSecond);
          const row = await readAtFixed(subject, pgbench, iops, { clients, seconds, perSecond });
          report.add(`open ${perSecond}/s ${iops} IOPS ${variant.name}`, row);
          last.set(`${iops} ${variant.name}`, row);
        }
      }
    }
    report.printMedians();
    for (const iops of loops.open ? settings.iops : []) {
      const [without, withTier] = ['without', 'with tier'].map((name) => last.get(`${iops} ${name}`));
      const dataBytes = size * settings.memoryBytes;
      if (without === undefined || withTier === undefined) continue;
      printPrediction({
        without,
        withTier,
        perSecond: rates.get(iops) ?? 0,
        iops,
        clients,
        workingSetBytes: dataBytes,
        cacheBytes: settings.memoryBytes - OTHER_MEMORY_BYTES,
        tierBytes: tierFor(dataBytes),
      });
    }
    return report.json();
  } finally {
    await subject.close();
  }
}

/** The same offered load, with and without, and Airglow decides. */
export async function measureCapacity(pgbench: Pgbench, settings: ReadsSettings): Promise<unknown> {
  const shape = { ...DEFAULT_SHAPE, memoryBytes: settings.memoryBytes, cpus: CPUS_OF_A_UNIT };
  const size = 2;
  const subject = await openSubject(size, shape, machine().cpus / CPUS_OF_A_UNIT, settings);
  const report = new ReadsReport();
  try {
    report.printHeader(
      `Data of ${size}x the memory of one ACU (which has ${CPUS_OF_A_UNIT} processors here); Airglow chooses, from 0.5 ACU on`,
    );
    const { clients, capacitySeconds: seconds } = settings;
    for (const iops of settings.iops.filter((one) => one <= 3000)) {
      for (const variant of variantsOf(size, settings)) {
        if (variant.sharedBuffersBytes !== undefined) continue;
        await restartAtFixed(subject, variant);
        const load = { clients, seconds, perSecond: Math.round(iops * SATURATING) };
        const { growing, grown } = await readWithPolicy(subject, pgbench, iops, load, GROW_SECONDS);
        report.add(`${load.perSecond}/s ${iops} IOPS ${variant.name}: ${GROW_SECONDS} s`, growing);
        report.add(`${load.perSecond}/s ${iops} IOPS ${variant.name}: then`, grown);
      }
    }
    return report.json();
  } finally {
    await subject.close();
  }
}
