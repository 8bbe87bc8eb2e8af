/**
 * The words of capacity.
 *
 * ACU        capacity unit: memory, CPU and network together; see {@link AcuShape}
 * capacity   what a database may use now, in ACU, on the grid of {@link ACU_STEP}
 * demand     what it would use if it had it, in ACU; capacity is demand, rounded up and bounded
 */

/** Capacity moves in steps of this. */
export const ACU_STEP = 0.5;
const STEPS_PER_ACU = 1 / ACU_STEP;
/** What arithmetic may leave a demand above a step, in steps. */
const HAIR = 1e-9;
/** As in Aurora Serverless v2. */
export const MOST_ACU = 256;

/** The least capacity of a database that is awake: a minimum of 0 only says that it may be paused. */
export function awakeMinimum(minAcu: number): number {
  return Math.max(minAcu, ACU_STEP);
}

/** What one ACU is made of. */
export interface AcuShape {
  readonly memoryBytes: number;
  readonly cpus: number;
  readonly networkBytesPerSecond: number;
}

const GIB = 1024 ** 3;

/** 2 GiB and a quarter of a processor, as on Aurora's r classes; the network is in proportion to those, too. */
export const DEFAULT_SHAPE: AcuShape = {
  memoryBytes: 2 * GIB,
  cpus: 0.25,
  networkBytesPerSecond: 40_000_000,
};

export function isOnGrid(acu: number): boolean {
  return Number.isFinite(acu) && Math.abs(acu / ACU_STEP - Math.round(acu / ACU_STEP)) < 1e-9;
}

/** The least capacity on the grid that covers the demand. */
export function roundUpToGrid(acu: number): number {
  // A demand that arithmetic left a hair above a step is that step; and nothing is 0, not -0, which JSON does not know.
  return Math.ceil(acu * STEPS_PER_ACU - HAIR) * ACU_STEP + 0;
}

/** Whether the least capacity on the grid that covers the demand is this one (which is on the grid) or more. */
export function takes(demandAcu: number, acu: number): boolean {
  return demandAcu * STEPS_PER_ACU - HAIR > acu * STEPS_PER_ACU - 1;
}

export function roundDownToGrid(acu: number): number {
  return Math.floor(acu * STEPS_PER_ACU + HAIR) * ACU_STEP;
}

export function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}

export interface Resources {
  readonly cpus: number;
  readonly memoryBytes: number;
}

/** What a capacity gives. */
export function resourcesOf(acu: number, shape: AcuShape): Resources {
  return { cpus: acu * shape.cpus, memoryBytes: Math.round(acu * shape.memoryBytes) };
}
