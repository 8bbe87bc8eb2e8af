import type { Bandwidth } from './group-parts.ts';

/** The least quota that the kernel takes. */
const LEAST_QUOTA_US = 1_000;
const NO_QUOTA: Bandwidth = { quotaUs: null, periodUs: 100_000, burstUs: 0 };

/**
 * Period for a number of processors. A processor takes its share of the quota in slices of 5 ms, so a quota of one or
 * two slices is gone before every processor had its part; a long period on the other hand makes everybody wait long.
 */
export function periodUsFor(cpus: number): number {
  if (cpus <= 0.5) return 50_000;
  return cpus <= 1 ? 25_000 : 10_000;
}

/** Quota and period that give so many processors; null for no limit. */
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
