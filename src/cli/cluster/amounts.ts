import type { ClusterAnswer } from '../../api/cluster-answers.ts';
import { resourcesOf } from '../../capacity/acu.ts';
import { formatVcpus } from '../terminal/numbers.ts';
import { formatAcu } from '../top/capacity-view.ts';

const GIB = 1024 ** 3;

/** `5 GiB`, `0.5 GiB` */
export function formatGib(bytes: number): string {
  return `${Number((bytes / GIB).toFixed(bytes < 10 * GIB ? 2 : 0))} GiB`;
}

const SMALLER = [
  ['MiB', 1024 ** 2],
  ['KiB', 1024],
] as const;

/** `5 GiB`, `12 MiB`, `512 B` */
export function formatSize(bytes: number): string {
  if (bytes >= GIB) return formatGib(bytes);
  const [unit, size] = SMALLER.find(([, least]) => bytes >= least) ?? ['B', 1];
  return `${Math.round(bytes / size)} ${unit}`;
}

/** `0.5 to 8`, and what was asked for where the host has less. */
export function formatRange({ min, max, requestedMax }: ClusterAnswer['capacity']): string {
  const asked = requestedMax > max ? ` (${formatAcu(requestedMax)} asked for)` : '';
  return `${formatAcu(min)} to ${formatAcu(max)}${asked}`;
}

/** What a capacity is made of: `0.63 CPU, 5 GiB` */
export function formatResources(acu: number, shape: ClusterAnswer['shape']): string {
  const { cpus, memoryBytes } = resourcesOf(acu, shape);
  return `${formatVcpus(cpus)} CPU, ${formatGib(memoryBytes)}`;
}

/** As many decimals as it takes to see that it grows. */
export function formatAcuHours(acuHours: number): string {
  return acuHours.toFixed(acuHours >= 100 ? 0 : acuHours >= 1 ? 2 : 4);
}

/** A moment in the reader's time, `2026-11-22 12:00:01`; another time zone for tests. */
export function formatMoment(atMs: number, timeZone?: string): string {
  const format = new Intl.DateTimeFormat('sv-SE', {
    dateStyle: 'short',
    timeStyle: 'medium',
    ...(timeZone === undefined ? {} : { timeZone }),
  });
  return format.format(atMs);
}
