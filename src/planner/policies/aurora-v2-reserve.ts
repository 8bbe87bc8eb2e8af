/** Up to here it grows within seconds, whatever it stood at: 1 to 4 ACU in 2 s. */
const SMALL_ACU = 4;
const SMALL_ACU_PER_SECOND = 1.5;
/** Within its reserve: 4 to 8 ACU in 15 and 16 s where it stood at 4, 8 to 11 ACU in 16 s where it stood at 8. */
const RESERVED_ACU_PER_SECOND = 0.22;
/** From here on the rate grows with capacity, as AWS says that it does; how much is assumed. */
const PROPORTIONAL_FROM_ACU = 8;
const LEAST_RESERVE_ACU = 3;
/**
 * Beyond its reserve: of a capacity of 6 ACU where it stood at 1. 4 to 8 ACU took 73 s and 8 to 10.5 ACU 138 s from there;
 * 8 to 10.5 ACU took 67 s where it stood at 4.
 */
const BEYOND_ACU_PER_SECOND = 0.05;
const BEYOND_AT_ACU = 6;
const BASE_EXPONENT = 0.5;
const CAPACITY_EXPONENT = 2.6;
/** In so long it gets used to a higher capacity, and has a reserve above that. Assumed: no trace is long enough. */
const BASE_MS = 900_000;

/**
 * How fast capacity may grow. What it stands at makes a base with as much again in reserve; within that it grows in seconds,
 * beyond it in minutes, and slower the further it goes. A power law that fits the three published steps of each kind: the
 * token bucket that AWS writes of has unknown constants.
 */
export class AuroraReserve {
  #baseAcu: number;

  constructor(acu: number) {
    this.#baseAcu = acu;
  }

  /** Capacity after a step of growth towards what is needed; on no grid. */
  grow(acu: number, neededAcu: number, seconds: number): number {
    if (acu < SMALL_ACU)
      return Math.min(neededAcu, Math.max(SMALL_ACU, acu), acu + SMALL_ACU_PER_SECOND * seconds);
    return Math.min(neededAcu, acu + this.#perSecond(acu) * seconds);
  }

  /** Gets used to a capacity: to a lower one at once. */
  follow(acu: number, seconds: number): void {
    const share = Math.min(1, (seconds * 1000) / BASE_MS);
    this.#baseAcu = acu < this.#baseAcu ? acu : this.#baseAcu + (acu - this.#baseAcu) * share;
  }

  restart(acu: number): void {
    this.#baseAcu = acu;
  }

  #perSecond(acu: number): number {
    const reservedAcu = this.#baseAcu + Math.max(LEAST_RESERVE_ACU, this.#baseAcu);
    if (acu < reservedAcu) return RESERVED_ACU_PER_SECOND * Math.max(1, acu / PROPORTIONAL_FROM_ACU);
    return (
      BEYOND_ACU_PER_SECOND *
      Math.pow(this.#baseAcu, BASE_EXPONENT) *
      Math.pow(BEYOND_AT_ACU / acu, CAPACITY_EXPONENT)
    );
  }
}
