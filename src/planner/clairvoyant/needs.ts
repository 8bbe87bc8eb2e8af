import { ACU_STEP, awakeMinimum, clamp, roundUpToGrid } from '../../capacity/acu.ts';
import type { Bounds } from '../model.ts';
import { neededAcu } from '../score/demand.ts';

/** What somebody who knows the whole trace begins with. */
export interface ClairvoyantInput {
  /** One value a second, ACU, on no grid. */
  readonly demandAcu: Float32Array;
  /** 1 for each second in which nobody uses the database; null: never idle. */
  readonly idle: Uint8Array | null;
  readonly bounds: Bounds;
}

/** Seconds of idling after which it is paused, with these limits; Infinity where it never is. */
export function pauseAfterSeconds({ minAcu, autoPauseMs }: Bounds): number {
  return minAcu > 0 || autoPauseMs === null ? Infinity : Math.ceil(autoPauseMs / 1000);
}

/** 1 for each second that comes after so many idle ones, as long as it is idle; null where there is none. */
export function pausedSeconds(idle: Uint8Array | null, afterSeconds: number): Uint8Array | null {
  if (idle === null || afterSeconds === Infinity) return null;
  const paused = new Uint8Array(idle.length);
  let idleFor = 0;
  for (let index = 0; index < idle.length; index += 1) {
    if (idle[index] === 1) {
      if (idleFor >= afterSeconds) paused[index] = 1;
      idleFor += 1;
    } else {
      idleFor = 0;
    }
  }
  return paused;
}

/** Of a second while awake, in steps of the grid above the least capacity. */
export function neededLevel(demandAcu: number, leastAcu: number, maxAcu: number): number {
  return Math.round((clamp(roundUpToGrid(demandAcu), leastAcu, maxAcu) - leastAcu) / ACU_STEP);
}

/**
 * The cheapest capacity without any rate limits: of every second the least on the grid that meets its demand, within the
 * bounds. Idle seconds are free where the minimum is 0, at once and without a wake.
 */
export function unconstrainedPath({ demandAcu, idle, bounds }: ClairvoyantInput): Float32Array {
  const leastAcu = awakeMinimum(bounds.minAcu);
  const paused = pausedSeconds(idle, bounds.minAcu > 0 ? Infinity : 0);
  const path = new Float32Array(demandAcu.length);
  for (let index = 0; index < path.length; index += 1) {
    path[index] = paused?.[index] === 1 ? 0 : neededAcu(demandAcu[index]!, leastAcu, bounds);
  }
  return path;
}
