import { clamp, roundUpToGrid } from '../../capacity/acu.ts';
import { MOST_TIER_TO_MEMORY } from '../../capacity/optimized-reads/devices.ts';
import type { Bounds, DatabaseModel, TierModel, Trace } from '../model.ts';

/**
 * The latency objective, as the share of its CPU that a capacity may spend on a second's work. At 80 % a request takes, on average,
 * about twice to three times as long as alone on a processor; above it that grows quickly. Airglow's own target lies below,
 * so that it has a margin for what it cannot know; the clairvoyant needs none.
 */
export const OBJECTIVE_UTILISATION = 0.8;

/** What CPU, memory and network of one second need, in ACU, on no grid and within no bounds. */
export function demandOf(
  cpus: number,
  memoryBytes: number,
  networkBytesPerSecond: number,
  { shape, hostCpus }: Pick<DatabaseModel, 'shape' | 'hostCpus'>,
): number {
  const cpuAcu = Math.min(cpus / OBJECTIVE_UTILISATION, hostCpus) / shape.cpus;
  const networkAcu = networkBytesPerSecond / OBJECTIVE_UTILISATION / shape.networkBytesPerSecond;
  return Math.max(cpuAcu, memoryBytes / shape.memoryBytes, networkAcu);
}

/** One value for each step of the trace. */
export function demandOfTrace(trace: Trace, database: DatabaseModel): Float32Array {
  const { cpuCores, memoryBytes, networkBytesPerSecond, length } = trace;
  const demandAcu = new Float32Array(length);
  const leastBytes = database.baseMemoryBytes;
  const { tier } = database;
  for (let index = 0; index < length; index++) {
    const wanted = memoryBytes === null ? leastBytes : Math.max(memoryBytes[index] as number, leastBytes);
    const bytes = tier === null ? wanted : wanted - sparedBytes(wanted, tier, database);
    const network = networkBytesPerSecond === null ? 0 : (networkBytesPerSecond[index] as number);
    demandAcu[index] = demandOf(cpuCores[index] as number, bytes, network, database);
  }
  return demandAcu;
}

/** Memory that a second tier makes unnecessary: all that it holds, but for the part that is touched all the time. */
function sparedBytes(
  wantedBytes: number,
  tier: TierModel,
  { baseMemoryBytes, cacheShare }: Pick<DatabaseModel, 'baseMemoryBytes' | 'cacheShare'>,
): number {
  const cacheBytes = Math.max(0, wantedBytes - baseMemoryBytes) * cacheShare;
  return Math.min(cacheBytes, tier.bytes) * (1 - 1 / MOST_TIER_TO_MEMORY);
}

/** The least capacity on the grid that meets the objective: what SPEC RG calls the demanded resource units. */
export function neededAcu(demandAcu: number, leastAcu: number, { maxAcu }: Pick<Bounds, 'maxAcu'>): number {
  return clamp(roundUpToGrid(demandAcu), leastAcu, maxAcu);
}

/** Whether nobody uses the database in a second of this. */
export function isIdle(
  cpus: number,
  waiting: number,
  database: Pick<DatabaseModel, 'idleBelowCpus'>,
): boolean {
  return cpus <= database.idleBelowCpus && waiting === 0;
}

/** 1 for each step in which nobody uses the database, whatever any policy left over. */
export function idleStepsOf(trace: Trace, database: Pick<DatabaseModel, 'idleBelowCpus'>): Uint8Array {
  const { cpuCores, ioSessions, lockSessions } = trace;
  const idle = new Uint8Array(cpuCores.length);
  for (let index = 0; index < idle.length; index += 1) {
    const waiting = (ioSessions?.[index] ?? 0) + (lockSessions?.[index] ?? 0);
    if (isIdle(cpuCores[index]!, waiting, database)) idle[index] = 1;
  }
  return idle;
}

/** The longest stretch of them. */
export function longestIdleSteps(idle: Uint8Array): number {
  let longest = 0;
  let length = 0;
  for (let index = 0; index < idle.length; index += 1) {
    length = idle[index] === 1 ? length + 1 : 0;
    if (length > longest) longest = length;
  }
  return longest;
}
