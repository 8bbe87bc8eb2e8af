import { largeFillingBytes } from './memory-guard-remedies.ts';
import type { Remedies } from './memory-guard-remedies.ts';
import { expectedWithin, isFat } from './memory-guard-forecast.ts';
import type { Forecast, Grower } from './memory-guard-forecast.ts';
import type { Cap, CapReason, GuardObservation } from './memory-guard.ts';

const MIB = 1024 ** 2;
/** How long a statement that fails takes at most to give back its memory. */
const FAIL_MS = 200;
/** Of that, how long while all others go on; for the rest each of them has its turn. */
const CLEANING_MS = 30;
const TURN_BYTES = 8 * MIB;
/** How far a cap may be from what it should be, beside a share of the room, before it is set anew. */
const SLACK_BYTES = 4 * MIB;

export type Action =
  | { readonly kind: 'lift' }
  | { readonly kind: 'cancel'; readonly capBytes: number }
  | ({ readonly kind: 'cap' } & Cap);

/** Caps for one look. */
export class Plan {
  readonly actions = new Map<number, Action>();
  readonly #seen: Forecast;
  readonly #observation: GuardObservation;
  readonly #roomBytes: number;
  #expectedBytes: number;

  constructor(seen: Forecast, observation: GuardObservation, roomBytes: number) {
    this.#seen = seen;
    this.#observation = observation;
    this.#roomBytes = roomBytes;
    this.#expectedBytes = sum(seen.all.map((one) => one.expectedBytes));
  }

  /**
   * Where many grow, one that fails makes room for the others, if it fails early enough: while it is at it they grow
   * on, and all of them fill what they have mapped. So the fattest is stopped when that just fits.
   */
  stopEarly(): void {
    const growing = this.#seen.all.filter(grows);
    let taken = sum(growing.map(takesMeanwhile));
    let failing = sum(growing.filter((one) => isStopped(one)).map(failingBytes));
    for (const one of growing) {
      if (!isFat(one) || isStopped(one)) continue;
      const takes = takesMeanwhile(one);
      taken -= takes - Math.min(takes, one.overhangBytes);
      if (taken <= this.#roomBytes + failing) return;
      this.#stop(one, 'growth');
      failing += failingBytes(one);
    }
  }

  /**
   * The fattest of those that grow, until the growth of the others fits into what is left; if that is not enough, all
   * but the small; and the small when all others are stopped.
   */
  stopAtLast(leftBytes: number): void {
    const fat = this.#seen.all.filter(isFat);
    const stopUntilItFits = (candidates: readonly Grower[]): void => {
      for (const one of candidates)
        if (this.#expectedBytes > leftBytes && grows(one)) this.#stop(one, 'growth');
    };
    stopUntilItFits(fat);
    if (this.#expectedBytes <= Math.max(leftBytes, 0) && leftBytes > 0) return;
    if (fat.every(isStopped)) stopUntilItFits(this.#seen.all.filter((one) => !isFat(one)));
    else for (const one of fat) this.#stop(one, 'no-room');
  }

  /** Nobody who grows may map more than there is room for, beside what others are filling already. */
  holdToRoom(): void {
    const filling = sum(this.#seen.all.map(largeFillingBytes));
    for (const one of this.#seen.all) {
      if (this.actions.has(one.pid) || !isFat(one) || !grows(one)) continue;
      const room = Math.max(this.#roomBytes - (filling - largeFillingBytes(one)), 0);
      const capBytes = Math.max(one.mappedBytes, one.privateBytes + room);
      const isTighter = capBytes < (one.capBytes ?? this.#observation.standingBytes);
      if (isTighter && one.potentialBytes > room * 1.25 + SLACK_BYTES) this.#cap(one, capBytes, 'room');
    }
  }

  /** Gives caps back some of the room that has come back. */
  relax(enoughBytes: number): void {
    if (this.#roomBytes < enoughBytes || this.#expectedBytes > this.#roomBytes / 2) return;
    for (const one of this.#seen.capped) {
      if (this.actions.has(one.pid) || one.potentialBytes >= this.#roomBytes / 2 - SLACK_BYTES) continue;
      const capBytes = one.privateBytes + this.#roomBytes;
      if (grows(one) && capBytes < this.#observation.standingBytes) this.#cap(one, capBytes, 'room');
      else this.actions.set(one.pid, { kind: 'lift' });
    }
  }

  remedy({ stop, cancel }: Remedies): void {
    for (const one of stop) {
      if (!isStopped(one) || one.stoppedAtMs === null) this.#cap(one, one.mappedBytes, 'growth');
    }
    for (const one of cancel) this.actions.set(one.pid, { kind: 'cancel', capBytes: one.mappedBytes });
  }

  #stop(one: Grower, reason: CapReason): void {
    if (this.actions.has(one.pid) || isStopped(one)) return;
    this.#cap(one, one.mappedBytes, reason);
    this.#expectedBytes -= one.expectedBytes - Math.min(one.expectedBytes, one.overhangBytes);
  }

  #cap(one: Grower, capBytes: number, reason: CapReason): void {
    this.actions.set(one.pid, { kind: 'cap', pid: one.pid, capBytes: Math.ceil(capBytes), reason });
  }
}

function grows(one: Grower): boolean {
  return one.pacePerMs > 0;
}

/** What a process fills while another one fails. The slower they are, the longer it takes. */
function takesMeanwhile(one: Grower): number {
  return Math.min(expectedWithin(one, FAIL_MS), expectedWithin(one, CLEANING_MS) + TURN_BYTES);
}

/** What a process will give back that may not map any more: all, when it has filled what it has mapped, and fails. */
function failingBytes(one: Grower): number {
  return one.pacePerMs * FAIL_MS >= one.overhangBytes ? one.privateBytes : 0;
}

/** It may not map any more; a little above is as good. */
function isStopped(one: Grower): boolean {
  return one.capBytes !== null && one.capBytes <= one.mappedBytes + SLACK_BYTES / 4;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
