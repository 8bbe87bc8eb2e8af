import { READ_WAITS } from '../../../capacity/optimized-reads/waits.ts';
import { TIER_READ } from '../../../load/model.ts';
import type { LoadTick } from '../../../load/model.ts';
import type { TierActivity } from '../../fleet.ts';
import type { DeviceWork } from './device-rates.ts';

/** Who reads for others: these wait for it themselves, and would be counted twice. */
const READS_FOR_OTHERS = 'io worker';

/** Pages that had to come from somewhere in some time; null where nobody could count them. */
export interface PageReads {
  readonly durationMs: number;
  readonly tierPages: number | null;
  readonly storagePages: number | null;
  /** Time of all sessions together. */
  readonly tierWaitMs: number;
  readonly storageWaitMs: number;
  /** Of the device below the tier, whoever uses it; null where it is not known. */
  readonly tierDevice: Pick<DeviceWork, 'reads' | 'readMs'> | null;
}

/** Time that sessions of a tick waited for pages; background processes read as well. */
export function readWaits(tick: LoadTick): Pick<PageReads, 'tierWaitMs' | 'storageWaitMs'> {
  let [tierWaitMs, storageWaitMs] = [0, 0];
  for (const { tuple, weightMs } of tick.samples) {
    if (tuple['db.session_type'] === READS_FOR_OTHERS) continue;
    const wait = tuple['db.wait_event'];
    if (wait === TIER_READ) tierWaitMs += weightMs;
    else if (READ_WAITS.has(wait)) storageWaitMs += weightMs;
  }
  return { tierWaitMs, storageWaitMs };
}

/** As {@link TierActivity}, with null for what nobody could count. */
export interface ReadRates extends Omit<TierActivity, 'hitsPerSecond' | 'storageReadsPerSecond'> {
  readonly hitsPerSecond: number | null;
  readonly storageReadsPerSecond: number | null;
}

/** Of all of it together. What a page cost is the time waited for pages divided by their number (Little's law). */
export function readRates(all: readonly PageReads[]): ReadRates {
  const tier = sumOf(all, 'tierPages', 'tierWaitMs');
  const storage = sumOf(all, 'storagePages', 'storageWaitMs');
  // A share of what was counted on one side only would be wrong.
  const both = all.filter(({ tierPages, storagePages }) => tierPages !== null && storagePages !== null);
  const hits = sumOf(both, 'tierPages', 'tierWaitMs').pages;
  const reads = hits + sumOf(both, 'storagePages', 'storageWaitMs').pages;
  return {
    hitsPerSecond: perSecond(tier),
    storageReadsPerSecond: perSecond(storage),
    hitRatio: reads > 0 ? hits / reads : null,
    tierReadMs: tier.pages > 0 ? tierReadMs(tier, all) : null,
    storageReadMs: storage.pages > 0 ? storage.waitMs / storage.pages : null,
  };
}

/**
 * Waits of some ten microseconds are mostly over before anybody can tell what they were for, so what was seen of them is too
 * little; no page comes sooner than the device below reads. Null where neither tells.
 */
function tierReadMs({ pages, waitMs }: Sum, all: readonly PageReads[]): number | null {
  let [reads, readMs] = [0, 0];
  for (const { tierDevice } of all) {
    reads += tierDevice?.reads ?? 0;
    readMs += tierDevice?.readMs ?? 0;
  }
  const leastMs = Math.max(waitMs / pages, reads > 0 ? readMs / reads : 0);
  return leastMs > 0 ? leastMs : null;
}

interface Sum {
  readonly durationMs: number;
  readonly pages: number;
  readonly waitMs: number;
}

function sumOf(
  all: readonly PageReads[],
  pagesOf: 'tierPages' | 'storagePages',
  waitOf: 'tierWaitMs' | 'storageWaitMs',
): Sum {
  let [durationMs, pages, waitMs] = [0, 0, 0];
  for (const one of all) {
    const counted = one[pagesOf];
    if (counted === null) continue;
    durationMs += one.durationMs;
    pages += counted;
    waitMs += one[waitOf];
  }
  return { durationMs, pages, waitMs };
}

function perSecond({ durationMs, pages }: Sum): number | null {
  return durationMs > 0 ? (pages * 1000) / durationMs : null;
}
