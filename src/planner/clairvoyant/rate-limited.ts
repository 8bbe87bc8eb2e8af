import { ACU_STEP, awakeMinimum } from '../../capacity/acu.ts';
import type { ClairvoyantInput } from './needs.ts';
import { neededLevel, pausedSeconds, pauseAfterSeconds } from './needs.ts';

/**
 * What an ACU-second of shortfall costs, in ACU-seconds of capacity. With anything above 2 the cheapest path leaves
 * nothing short: one ACU more in one second never takes more than one more in the second beside it.
 */
export const SHORTFALL_PRICE = 20;

/** A level that is worth having in a second is what one of these many seconds around it needs. */
const NEIGHBOURS = [-2, -1, 0, 1, 2] as const;
const CANDIDATES = NEIGHBOURS.length;
/** Each candidate as one that is free to be lowered, and as one that was raised in this very second. */
const STATES = 2 * CANDIDATES;
/** Between the checkpoints from which the choices of a block are found again. */
const BLOCK_SECONDS = 4_096;

/**
 * The cheapest capacity under Airglow's own limits: one change a second, before the second begins, of any size; after a
 * raise nothing is lowered for 2 seconds; and it is paused only after so much idling as the bounds say. Cheapest is the
 * least sum of ACU-seconds and SHORTFALL_PRICE times what is missing to the least capacity on the grid that meets
 * demand. It wakes in time, since it knows when. Where it begins is free to choose.
 *
 * A dynamic programme in two states: raised in this very second, or free. Lowering is allowed from the second second
 * after a raise, so one second is all that has to be remembered. Not all levels of the grid are tried: if a stretch of
 * equal capacity is above what every second of it and two beside it need, then a part of it can be lowered without
 * breaking a limit; so the cheapest path only has levels that a second at most two away needs. That makes it linear in
 * time whatever the capacity. The choices are found block by block from the end, so that a year takes no more memory
 * than the path and what each second needs.
 */
export function rateLimitedPath({ demandAcu, idle, bounds }: ClairvoyantInput): Float32Array {
  const leastAcu = awakeMinimum(bounds.minAcu);
  const paused = pausedSeconds(idle, pauseAfterSeconds(bounds));
  const path = new Float32Array(demandAcu.length);
  const needed = new Uint16Array(demandAcu.length);
  for (let index = 0; index < needed.length; index += 1) {
    needed[index] = neededLevel(demandAcu[index]!, leastAcu, bounds.maxAcu);
  }
  // A pause is free and the wake after it unlimited, so that what lies between two pauses stands alone.
  for (let start = 0; start < path.length;) {
    const isPaused = paused?.[start] === 1;
    let end = start + 1;
    while (end < path.length && (paused?.[end] === 1) === isPaused) end += 1;
    if (!isPaused) {
      new AwakeStretch(needed.subarray(start, end), leastAcu).fill(path.subarray(start, end));
    }
    start = end;
  }
  return path;
}

/** Seconds without a pause. Levels are steps above the least capacity. */
class AwakeStretch {
  readonly #needed: Uint16Array;
  readonly #leastAcu: number;
  readonly #origins: Uint8Array;
  /** Of the last second that was gone through, and of the one before. */
  #levels = new Float64Array(CANDIDATES);
  #costs = new Float64Array(STATES);
  #levelsBefore = new Float64Array(CANDIDATES);
  #costsBefore = new Float64Array(STATES);

  constructor(needed: Uint16Array, leastAcu: number) {
    this.#needed = needed;
    this.#leastAcu = leastAcu;
    this.#origins = new Uint8Array(Math.min(BLOCK_SECONDS, needed.length) * STATES);
  }

  fill(path: Float32Array): void {
    const checkpoints: Float64Array[] = [];
    for (let index = 0; index < path.length; index += 1) {
      if (index % BLOCK_SECONDS === 0) checkpoints.push(this.#checkpoint());
      this.#step(index, 0);
    }
    let state = this.#cheapest();
    for (let block = checkpoints.length - 1; block >= 0; block -= 1) {
      this.#costs.set(checkpoints[block]!);
      state = this.#fillBlock(path, block * BLOCK_SECONDS, state);
    }
  }

  /** `state` is that of the block's last second. Gives the one of the second before the block. */
  #fillBlock(path: Float32Array, start: number, state: number): number {
    const end = Math.min(start + BLOCK_SECONDS, path.length);
    if (start > 0) this.#setLevels(start - 1);
    for (let index = start; index < end; index += 1) this.#step(index, (index - start) * STATES);
    let at = state;
    for (let index = end - 1; index >= start; index -= 1) {
      path[index] = this.#leastAcu + this.#neededNear(index, at % CANDIDATES) * ACU_STEP;
      at = this.#origins[(index - start) * STATES + at]!;
    }
    return at;
  }

  /** The costs so far. Only differences count: taking the least away keeps the sums of a year exact. */
  #checkpoint(): Float64Array {
    const least = this.#costs[this.#cheapest()]!;
    for (let state = 0; state < STATES; state += 1) this.#costs[state]! -= least;
    return Float64Array.from(this.#costs);
  }

  /** One second: costs, and where they come from, kept at `offset`. */
  #step(index: number, offset: number): void {
    [this.#levels, this.#levelsBefore] = [this.#levelsBefore, this.#levels];
    [this.#costs, this.#costsBefore] = [this.#costsBefore, this.#costs];
    this.#setLevels(index);
    const needed = this.#needed[index]!;
    for (let candidate = 0; candidate < CANDIDATES; candidate += 1) {
      const level = this.#levels[candidate]!;
      if (level < needed) {
        this.#costs[candidate] = Infinity;
        this.#costs[candidate + CANDIDATES] = Infinity;
      } else if (index === 0) {
        this.#costs[candidate] = level;
        this.#costs[candidate + CANDIDATES] = Infinity;
      } else {
        this.#reach(candidate, level, offset);
      }
    }
  }

  /** The cheapest ways to a level: raised to it now, or else. */
  #reach(candidate: number, level: number, offset: number): void {
    const before = this.#levelsBefore;
    const costs = this.#costsBefore;
    let free = Infinity;
    let freeFrom = 0;
    let raised = Infinity;
    let raisedFrom = 0;
    for (let origin = 0; origin < CANDIDATES; origin += 1) {
      const fromFree = costs[origin]!;
      const fromRaised = costs[origin + CANDIDATES]!;
      const from = before[origin]!;
      if (from < level) {
        if (fromFree < raised) {
          raised = fromFree;
          raisedFrom = origin;
        }
        if (fromRaised < raised) {
          raised = fromRaised;
          raisedFrom = origin + CANDIDATES;
        }
        continue;
      }
      if (fromFree < free) {
        free = fromFree;
        freeFrom = origin;
      }
      if (from === level && fromRaised < free) {
        free = fromRaised;
        freeFrom = origin + CANDIDATES;
      }
    }
    this.#costs[candidate] = free + level;
    this.#costs[candidate + CANDIDATES] = raised + level;
    this.#origins[offset + candidate] = freeFrom;
    this.#origins[offset + candidate + CANDIDATES] = raisedFrom;
  }

  #setLevels(index: number): void {
    for (let candidate = 0; candidate < CANDIDATES; candidate += 1) {
      this.#levels[candidate] = this.#neededNear(index, candidate);
    }
  }

  /** Beyond the ends, what the second itself needs. */
  #neededNear(index: number, candidate: number): number {
    return this.#needed[index + NEIGHBOURS[candidate]!] ?? this.#needed[index]!;
  }

  #cheapest(): number {
    let cheapest = 0;
    for (let state = 1; state < STATES; state += 1) {
      if (this.#costs[state]! < this.#costs[cheapest]!) cheapest = state;
    }
    return cheapest;
  }
}
