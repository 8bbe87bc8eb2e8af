import type { Bandwidth } from './group-parts.ts';

/** The least quota that the kernel takes. */
const LEAST_QUOTA_US = 1_000;
const NO_QUOTA: Bandwidth = { quotaUs: null, periodUs: 100_000, burstUs: 0 };

/**
 * Period for a number of processors, as `npm run bench -- limits` found it. Processors take the quota in slices of
 * 5 ms: where it is only one or two of these a short period throttles a load that needs half of it (0.125 CPU at 10 ms:
 * in 31 % of the periods, and a fifth of the throughput goes; at 50 ms 4 %). Where it is more, a short period lets
 * everybody wait less under overload (0.5 CPU: p99 79 ms at 100 ms, 40 ms at 20 ms; 1 CPU: 46 and 21 ms).
 */
export function periodUsFor(cpus: number): number {
  if (cpus < 0.5) return 50_000;
  return cpus < 2 ? 20_000 : 10_000;
}

/**
 * Quota and period that give so many processors; null for no limit. A whole quota may be saved: that halves the periods
 * in which a light load is throttled, or better (p99 at 0.5 CPU and 10 ms: 14 ms without, 8 ms with it), and changes
 * nothing under overload.
 */
export function bandwidthFor(cpus: number | null, hasBurst: boolean): Bandwidth {
  if (cpus === null) return NO_QUOTA;
  const periodUs = periodUsFor(cpus);
  const quotaUs = Math.max(LEAST_QUOTA_US, Math.round(cpus * periodUs));
  return { quotaUs, periodUs, burstUs: hasBurst ? quotaUs : 0 };
}

/** In processors; null for no limit. */
export function cpusOf({ quotaUs, periodUs }: Bandwidth): number | null {
  return quotaUs === null ? null : quotaUs / periodUs;
}

export function isSameBandwidth(a: Bandwidth, b: Bandwidth): boolean {
  // Without a quota neither period nor burst means anything.
  if (a.quotaUs === null || b.quotaUs === null) return a.quotaUs === b.quotaUs;
  return a.quotaUs === b.quotaUs && a.periodUs === b.periodUs && a.burstUs === b.burstUs;
}
