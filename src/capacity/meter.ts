/**
 * The meter: capacity over time, in ACU-milliseconds. Time is that of a clock which goes on while the host is suspended
 * and which nobody sets; the wall clock only says which hour it was. With capacities on the grid and whole milliseconds
 * every sum is exact.
 */
export interface MeterState extends MeterReading {
  /** What has been in force since the last time that the meter was told; null while nothing is metered. */
  readonly inForce: InForce | null;
}

/** What the meter shows. */
export interface MeterReading {
  /** Wall-clock time at which it began to count. */
  readonly sinceMs: number;
  readonly acuMs: number;
  readonly runningMs: number;
  /** What it would be at the maximum capacity, as long as the database ran. */
  readonly fixedMaximumAcuMs: number;
  /** Hours of UTC in which there was any, oldest first; the last {@link MOST_HOURS} of them. */
  readonly hours: readonly MeteredHour[];
}

export interface MeteredHour {
  readonly hourMs: number;
  readonly acuMs: number;
}

/** A moment on both clocks. */
export interface MeterMoment {
  /** Names the boot: moments of another one cannot be compared. */
  readonly bootId: string;
  readonly bootMs: number;
  readonly wallMs: number;
}

/** What holds from a moment on. A paused database runs, with a capacity of 0. */
export interface Metered {
  readonly capacityAcu: number;
  readonly maxAcu: number;
  readonly running: boolean;
}

/** What was written down by somebody who set the capacity while nobody could tell the meter. */
export interface Journalled extends MeterMoment {
  /** In force from then on; null where it was left as it was. */
  readonly acu: number | null;
}

export interface InForce extends MeterMoment, Metered {}

const HOUR_MS = 3_600_000;
/** 62 days of a database that always runs. */
export const MOST_HOURS = 62 * 24;

export function newMeter(wallMs: number): MeterState {
  return { sinceMs: wallMs, acuMs: 0, runningMs: 0, fixedMaximumAcuMs: 0, hours: [], inForce: null };
}

/**
 * Counts what was in force until now, and remembers what is from now on. To be told at every change, and now and then
 * in between. Time is not counted across a boot.
 */
export function advance(state: MeterState, told: InForce): MeterState {
  const { inForce } = state;
  const now = { ...told, bootMs: Math.floor(told.bootMs), wallMs: Math.floor(told.wallMs) };
  if (inForce === null || inForce.bootId !== now.bootId) return { ...state, inForce: now };
  // Should that clock go back nevertheless, the same time is not counted twice.
  const bootMs = Math.max(now.bootMs, inForce.bootMs);
  return { ...count(state, inForce, bootMs - inForce.bootMs, now.wallMs), inForce: { ...now, bootMs } };
}

/** The meter as it stands now. */
export function readMeter(state: MeterState, now: MeterMoment): MeterReading {
  const { sinceMs, acuMs, runningMs, fixedMaximumAcuMs, hours } =
    state.inForce === null ? state : advance(state, { ...state.inForce, ...now });
  return { sinceMs, acuMs, runningMs, fixedMaximumAcuMs, hours };
}

/** Time in which a database may have run that nobody knows enough of to count it. */
export interface Unmetered {
  /** Why: the host was started anew, the database had ended, or it was not known to run. */
  readonly reason: 'rebooted' | 'ended' | 'unknown';
  readonly fromWallMs: number;
  /** The longest it can have been; null across a boot. */
  readonly mostMs: number | null;
  readonly capacityAcu: number;
}

/**
 * Takes up a meter of which the process ended: `isAlive` says whether the database has run ever since. If it has, the time
 * between is counted as what was in force last, and then as the journal says. It ran as long as the journal speaks of it,
 * too. What is not counted is returned.
 */
export function resumeMeter(
  left: MeterState,
  isAlive: boolean,
  now: MeterMoment,
  journal: readonly Journalled[] = [],
): { readonly state: MeterState; readonly unmetered: Unmetered | null } {
  const state = advanceBy(journal, left, now);
  const { inForce } = state;
  if (inForce === null || (!inForce.running && !isAlive))
    return { state: { ...state, inForce: null }, unmetered: null };
  const isSameBoot = inForce.bootId === now.bootId;
  if (isAlive && isSameBoot && inForce.running)
    return { state: advance(state, { ...inForce, ...now }), unmetered: null };
  const unmetered: Unmetered = {
    reason: !isSameBoot ? 'rebooted' : isAlive ? 'unknown' : 'ended',
    fromWallMs: inForce.wallMs,
    mostMs: isSameBoot ? Math.max(0, Math.floor(now.bootMs) - inForce.bootMs) : null,
    capacityAcu: inForce.capacityAcu,
  };
  return { state: { ...state, inForce: null }, unmetered };
}

/** What is no later than what the meter was told last was known to who told it. */
function advanceBy(journal: readonly Journalled[], state: MeterState, now: MeterMoment): MeterState {
  let advanced = state;
  const toldMs = state.inForce?.bootMs ?? 0;
  for (const { acu, bootId, bootMs, wallMs } of journal) {
    const { inForce } = advanced;
    const atMs = Math.floor(bootMs);
    // Of two that were set in the same moment the later one holds.
    if (!inForce?.running || inForce.bootId !== bootId || atMs <= toldMs || atMs < inForce.bootMs) continue;
    // Nothing was set after now: such a line is wrong.
    if (bootId === now.bootId && bootMs > now.bootMs) continue;
    const capacityAcu = acu ?? inForce.capacityAcu;
    advanced = advance(advanced, { ...inForce, bootId, bootMs, wallMs, capacityAcu });
  }
  return advanced;
}

function count(state: MeterState, inForce: InForce, elapsedMs: number, wallMs: number): MeterState {
  if (!inForce.running || elapsedMs === 0) return state;
  return {
    ...state,
    acuMs: state.acuMs + inForce.capacityAcu * elapsedMs,
    runningMs: state.runningMs + elapsedMs,
    fixedMaximumAcuMs: state.fixedMaximumAcuMs + inForce.maxAcu * elapsedMs,
    hours: spread(state.hours, inForce.capacityAcu, wallMs - elapsedMs, wallMs),
  };
}

/** Adds a stretch of the wall clock to the hours that it touches. */
function spread(
  hours: readonly MeteredHour[],
  capacityAcu: number,
  fromMs: number,
  toMs: number,
): readonly MeteredHour[] {
  if (capacityAcu === 0) return hours;
  const result = [...hours];
  for (let startMs = fromMs; startMs < toMs;) {
    const hourMs = Math.floor(startMs / HOUR_MS) * HOUR_MS;
    const endMs = Math.min(hourMs + HOUR_MS, toMs);
    addTo(result, hourMs, capacityAcu * (endMs - startMs));
    startMs = endMs;
  }
  return result.slice(-MOST_HOURS);
}

/** Nearly always it is the last one; earlier ones are met when the wall clock was set back. */
function addTo(hours: MeteredHour[], hourMs: number, acuMs: number): void {
  const index = hours.findLastIndex((hour) => hour.hourMs <= hourMs);
  const found = hours[index];
  if (found?.hourMs === hourMs) hours[index] = { hourMs, acuMs: found.acuMs + acuMs };
  else hours.splice(index + 1, 0, { hourMs, acuMs });
}
