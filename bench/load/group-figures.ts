import type { AccountReading, LimitReading, WatchedGroup } from './group-watch.ts';
import type { LoadResult } from './plan.ts';

/** Limit in force at a time; null is none. Undefined before anything was read. */
export function limitAt(limits: readonly LimitReading[], atMs: number): LimitReading | undefined {
  return limits.findLast((reading) => reading.atMs <= atMs);
}

/** When at least so many processors were allowed for the first time from `fromMs` on, in ms after it; null if never. */
export function grantedAfterMs(group: WatchedGroup, fromMs: number, cpus: number): number | null {
  const isEnough = (limit: number | null): boolean => limit === null || limit >= cpus - 1e-6;
  const current = limitAt(group.limits, fromMs);
  if (current !== undefined && isEnough(current.cpus)) return 0;
  const first = group.limits.find((reading) => reading.atMs > fromMs && isEnough(reading.cpus));
  return first === undefined ? null : first.atMs - fromMs;
}

/** CPU-seconds a second that were allowed on average. */
export function meanCpus(group: WatchedGroup, fromMs: number, toMs: number): number {
  let sum = 0;
  for (const [index, { atMs, cpus }] of group.limits.entries()) {
    const start = Math.max(fromMs, index === 0 ? fromMs : atMs);
    const end = Math.min(toMs, group.limits[index + 1]?.atMs ?? toMs);
    if (end > start) sum += (cpus ?? Number.POSITIVE_INFINITY) * (end - start);
  }
  return sum / (toMs - fromMs);
}

/** What was used and throttled between two times, interpolated between readings; both in ms of processor time. */
export function accountBetween(
  group: WatchedGroup,
  fromMs: number,
  toMs: number,
): { readonly usedMs: number; readonly throttledMs: number; readonly hostBusyMs: number } {
  const at = (ms: number, figure: (reading: AccountReading) => number): number => {
    const next = group.accounts.find((reading) => reading.atMs >= ms) ?? group.accounts.at(-1);
    const previous = group.accounts.findLast((reading) => reading.atMs < ms) ?? next;
    if (next === undefined || previous === undefined) return 0;
    const share = next.atMs === previous.atMs ? 0 : (ms - previous.atMs) / (next.atMs - previous.atMs);
    return figure(previous) + (figure(next) - figure(previous)) * Math.min(1, share);
  };
  const between = (figure: (reading: AccountReading) => number): number =>
    at(toMs, figure) - at(fromMs, figure);
  return {
    usedMs: between((reading) => reading.usedMs),
    throttledMs: between((reading) => reading.throttledMs),
    hostBusyMs: between((reading) => reading.hostBusyMs),
  };
}

/** CPUs that neither the database nor the generator used: the daemon, and whatever else the machine does. */
export function otherCpus({ group, startAtMs, endAtMs, generatorCpuMs }: LoadResult): number {
  const { usedMs, hostBusyMs } = accountBetween(group, startAtMs, endAtMs);
  return Math.max(0, hostBusyMs - usedMs - generatorCpuMs) / (endAtMs - startAtMs);
}
