import { expectedWithin } from './memory-guard-forecast.ts';
import type { Forecast, Grower } from './memory-guard-forecast.ts';

const MIB = 1024 ** 2;
/** A cancelled statement has to notice, which it may not do while it copies, and to give back its memory. */
const CANCEL_MS = 1_000;
/** If it has not done so by then, it is cancelled again. */
const PATIENCE_MS = 1_000;
/** How long a statement that was stopped is left to fail by itself; less where there is no time for that. */
const CHANCE_MS = 25;
const HURRY_MS = 75;
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
  /** A cap may still make it fail by itself, which tells its client more than to be cancelled. */
  readonly hasChance: boolean;
}

export interface Remedies {
  /** It may not map any more: most statements need a little more soon, whatever they have mapped, and fail by that. */
  readonly stop: readonly Grower[];
  /** Its statement has to be cancelled. */
  readonly cancel: readonly Grower[];
}

const NONE: Remedies = { stop: [], cancel: [] };

/**
 * What has to be done about memory that is being filled and that no cap can take back: private memory that is mapped
 * already, or shared memory of a parallel query, which caps don't cover. One process at a time: what it will give back
 * is waited for, as long as what is left is enough until then.
 */
export function chooseRemedies(seen: Forecast, leftBytes: number, now: number): Remedies {
  const isFresh = (one: Grower): boolean =>
    one.cancelledAtMs !== null && now - one.cancelledAtMs < PATIENCE_MS;
  const threats = [...seen.all.map((one) => privateThreat(one, now)), ...sharedThreats(seen.all)];
  const open = threats.filter(({ whose }) => !isFresh(whose));
  const large = open.filter(({ bytes }) => bytes > USUAL_OVERHANG_BYTES);
  const givenBack = sum(seen.all.filter(isFresh).map((one) => one.privateBytes));
  if (sum(large.map(({ bytes }) => bytes)) > Math.max(leftBytes, 0) + givenBack) {
    const canWait = leftBytes > seen.growthPerMs * HURRY_MS;
    const [first] = worst(large);
    if (first === undefined) return NONE;
    return canWait && first.hasChance
      ? { stop: [first.whose], cancel: [] }
      : { stop: [], cancel: [first.whose] };
  }
  if (sum(threats.map(({ soonBytes }) => soonBytes)) <= Math.max(leftBytes, 0)) return NONE;
  const worth = open.filter(({ bytes }) => bytes > LEAST_OVERHANG_BYTES);
  return { stop: [], cancel: worst(worth).map(({ whose }) => whose) };
}

/** One, or none where there is none. */
function worst(threats: readonly Threat[]): Threat[] {
  return threats.toSorted((a, b) => b.bytes - a.bytes || a.whose.pid - b.whose.pid).slice(0, 1);
}

function privateThreat(one: Grower, now: number): Threat {
  return {
    whose: one,
    bytes: fillingBytes(one),
    soonBytes: Math.min(one.overhangBytes, one.expectedBytes),
    hasChance: one.stoppedAtMs === null || now - one.stoppedAtMs < CHANCE_MS,
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
        threats.set(leader.pid, { whose: leader, bytes, soonBytes: expectedSharedBytes, hasChance: false });
      }
    }
  }
  return [...threats.values()];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
