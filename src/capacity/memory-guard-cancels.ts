import { expectedWithin } from './memory-guard-forecast.ts';
import type { Forecast, Grower } from './memory-guard-forecast.ts';

const MIB = 1024 ** 2;
/** A cancelled statement has to notice, which it may not do while it copies, and to give back its memory. */
const CANCEL_MS = 1_000;
/** If it has not done so by then, it is cancelled again. */
const PATIENCE_MS = 1_000;
/** Anybody may have mapped this much and not filled it, in small parts: then it fails soon when it is stopped. */
const USUAL_OVERHANG_BYTES = 32 * MIB;
/** To cancel one that fills no more than this would not help. */
const LEAST_OVERHANG_BYTES = 8 * MIB;

/** Memory that somebody is about to fill, and no cap can stop it. */
interface Threat {
  readonly whose: Grower;
  readonly bytes: number;
  /** The same within the horizon. */
  readonly soonBytes: number;
}

/**
 * Whose statement has to be cancelled, because it is filling memory that no cap can take back: private memory that it
 * has mapped already, or shared memory of a parallel query, which caps don't cover. At most one at a time: what it will
 * give back is waited for, as long as half of the reserve is enough until then.
 */
export function chooseCancels(
  seen: Forecast,
  roomBytes: number,
  withReserveBytes: number,
  now: number,
): Grower[] {
  const isFresh = (one: Grower): boolean =>
    one.cancelledAtMs !== null && now - one.cancelledAtMs < PATIENCE_MS;
  const threats = [...seen.all.map(privateThreat), ...sharedThreats(seen.all)];
  const open = threats.filter(({ whose }) => !isFresh(whose));
  const large = open.filter(({ bytes }) => bytes > USUAL_OVERHANG_BYTES);
  const givenBack = sum(seen.all.filter(isFresh).map((one) => one.privateBytes));
  if (sum(large.map(({ bytes }) => bytes)) > Math.max(roomBytes, 0) + givenBack) return worst(large);
  if (sum(threats.map(({ soonBytes }) => soonBytes)) <= Math.max(withReserveBytes, 0)) return [];
  return worst(open.filter(({ bytes }) => bytes > LEAST_OVERHANG_BYTES));
}

function worst(threats: readonly Threat[]): Grower[] {
  const sorted = threats.toSorted((a, b) => b.bytes - a.bytes || a.whose.pid - b.whose.pid);
  return sorted.slice(0, 1).map(({ whose }) => whose);
}

function privateThreat(one: Grower): Threat {
  return {
    whose: one,
    bytes: fillingBytes(one),
    soonBytes: Math.min(one.overhangBytes, one.expectedBytes),
  };
}

/** Private memory that it is filling, and that nothing but its end will take back. */
function fillingBytes(one: Grower): number {
  return Math.min(one.overhangBytes, expectedWithin(one, CANCEL_MS));
}

/** The same where it is so much that others should not count on it. */
export function largeFillingBytes(one: Grower): number {
  const bytes = fillingBytes(one);
  return bytes > USUAL_OVERHANG_BYTES ? bytes : 0;
}

/** All processes of a parallel query map the same memory, and it grows by a half at a time. */
function sharedThreats(all: readonly Grower[]): Threat[] {
  const byPid = new Map(all.map((one) => [one.pid, one]));
  const threats = new Map<number, Threat>();
  for (const one of all) {
    const leader = one.leaderPid === null ? undefined : byPid.get(one.leaderPid);
    if (leader === undefined) continue;
    for (const { expectedSharedBytes, sharedBytes } of [one, leader]) {
      if (expectedSharedBytes === 0) continue;
      const bytes = Math.max(expectedSharedBytes, sharedBytes / 2);
      const known = threats.get(leader.pid);
      if (known === undefined || bytes > known.bytes) {
        threats.set(leader.pid, { whose: leader, bytes, soonBytes: expectedSharedBytes });
      }
    }
  }
  return [...threats.values()];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
