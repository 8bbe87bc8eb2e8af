import { resourcesOf } from '../../capacity/acu.ts';
import type { AcuShape } from '../../capacity/acu.ts';

/** The size of the host: more than it has nobody can use. */
export interface ClusterHost {
  readonly cpus: number;
  readonly memoryBytes: number;
}

/** What settings are computed from. */
export interface SizingBasis {
  readonly shape: AcuShape;
  readonly host: ClusterHost;
  readonly major: number;
  readonly minAcu: number;
  readonly maxAcu: number;
  /** Shared memory with a second tier below it; 0 where there is none. */
  readonly tierBytes: number;
}

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;

/** As on Aurora, by maximum capacity; in between by a straight line, above the last one as there. */
const CONNECTIONS: readonly (readonly [acu: number, connections: number])[] = [
  [0, 0],
  [1, 189],
  [4, 823],
  [8, 1669],
  [16, 3360],
  [32, 5000],
];
const FEWEST_CONNECTIONS = 25;
/** As on Aurora, where the minimum is half a unit: each may cost megabytes that the minimum has to hold. */
const MOST_CONNECTIONS_AT_LEAST_CAPACITY = 2000;

const HASH_MEM_MULTIPLIER = 2;
/** How many sessions, at least, work memory is shared between. */
const FEWEST_ACTIVE = 8;

/**
 * The capacity that settings are made for: a power of two of half a unit, so that a small change of capacity does not
 * wake every backend for new settings.
 */
export function settingsStep(acu: number): number {
  return acu < 0.5 ? 0.5 : 0.5 * 2 ** Math.floor(Math.log2(acu / 0.5) + 1e-9);
}

/** Settings that follow capacity, by reload. `acu` is a step of {@link settingsStep}. */
export function capacitySettings(acu: number, basis: SizingBasis): Record<string, string> {
  const { cpus, memoryBytes } = boundedResources(acu, basis);
  const workers = Math.max(1, Math.ceil(cpus));
  // A leader with one worker needs more than one processor to gain anything.
  const perGather = cpus < 1 ? 0 : Math.floor(cpus / 2);
  return {
    work_mem: kilobytes(workMemBytes(memoryBytes, cpus, basis)),
    hash_mem_multiplier: String(HASH_MEM_MULTIPLIER),
    maintenance_work_mem: kilobytes(bounded(memoryBytes / 16, 16 * MIB, 2 * GIB - KIB)),
    autovacuum_work_mem: kilobytes(bounded(memoryBytes / 32, 16 * MIB, GIB)),
    effective_cache_size: kilobytes(memoryBytes * 0.75 + basis.tierBytes),
    max_parallel_workers: String(workers),
    max_parallel_workers_per_gather: String(perGather),
    max_parallel_maintenance_workers: String(perGather),
    autovacuum_vacuum_cost_limit: String(Math.round(bounded(200 * cpus, 200, 10_000))),
    ...(basis.major >= 18 && { io_workers: String(bounded(Math.ceil(cpus), 2, 32)) }),
  };
}

/** Settings that a start fixes: sized once, for the least memory or for the greatest capacity. */
export function fixedSettings(basis: SizingBasis): Record<string, string> {
  const most = boundedResources(basis.maxAcu, basis);
  const cpus = Math.ceil(most.cpus);
  return {
    max_connections: String(maxConnections(basis)),
    shared_buffers: kilobytes(sharedBuffersBytes(basis)),
    max_worker_processes: String(Math.max(8, 8 + cpus)),
    autovacuum_max_workers: String(bounded(Math.ceil(cpus / 2), 3, 10)),
    min_wal_size: megabytes(80 * MIB),
    max_wal_size: megabytes(bounded(most.memoryBytes / 2, GIB, 16 * GIB)),
  };
}

/**
 * A quarter of the least memory: shared memory cannot be given back, so with private memory it has to fit into the
 * minimum. What is above it is page cache, which grows and shrinks with capacity. With a second tier it is as large as
 * that, since only pages of shared memory go there: then it is the part that grows and shrinks.
 */
export function sharedBuffersBytes(basis: SizingBasis): number {
  return basis.tierBytes > 0 ? basis.tierBytes : leastSharedBytes(basis);
}

function leastSharedBytes(basis: SizingBasis): number {
  return bounded(boundedResources(basis.minAcu, basis).memoryBytes / 4, 8 * MIB, 64 * GIB);
}

export function maxConnections({ minAcu, maxAcu }: SizingBasis): number {
  const upper = CONNECTIONS.findIndex(([acu]) => acu >= maxAcu);
  const [acu, connections] = CONNECTIONS[upper] ?? [maxAcu, 5000];
  const [acuBelow, connectionsBelow] = CONNECTIONS[upper - 1] ?? [0, connections];
  const share = acu === acuBelow ? 1 : (maxAcu - acuBelow) / (acu - acuBelow);
  const found = Math.floor(connectionsBelow + share * (connections - connectionsBelow));
  return bounded(found, FEWEST_CONNECTIONS, minAcu <= 0.5 ? MOST_CONNECTIONS_AT_LEAST_CAPACITY : 5000);
}

/** A quarter of what is left beside shared memory, for each of the sessions that may be active. */
function workMemBytes(memoryBytes: number, cpus: number, basis: SizingBasis): number {
  // What has a second tier makes room for private memory.
  const left = memoryBytes - leastSharedBytes(basis) - 100 * MIB;
  const active = Math.max(FEWEST_ACTIVE, Math.ceil(4 * cpus));
  return bounded((left * 0.25) / active / HASH_MEM_MULTIPLIER, 4 * MIB, GIB);
}

function boundedResources(acu: number, { shape, host }: SizingBasis): { cpus: number; memoryBytes: number } {
  const { cpus, memoryBytes } = resourcesOf(acu, shape);
  return { cpus: Math.min(cpus, host.cpus), memoryBytes: Math.min(memoryBytes, host.memoryBytes) };
}

function bounded(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}

function kilobytes(bytes: number): string {
  return `${Math.floor(bytes / KIB)}kB`;
}

function megabytes(bytes: number): string {
  return `${Math.floor(bytes / MIB)}MB`;
}
