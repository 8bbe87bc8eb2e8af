import { z } from 'zod';
import { PERIODS_SECONDS } from '../history/history.ts';

/** What the API answers of capacity over time. Capacities are in ACU; null is not known, never zero. */

const atMs = z.number();
const perPeriod = z.array(z.number().nullable());

export const capacityAnswer = z.object({
  meta: z.object({
    name: z.string(),
    fromMs: atMs,
    toMs: atMs,
    periodSeconds: z.literal(PERIODS_SECONDS),
    /** Changes and holds are told from here on: of a long window only the newest decisions are read. */
    explainedFromMs: atMs,
  }),
  /** Start of each period; aligned as those of load, so that both fit on one axis. */
  atMs: z.array(atMs),
  /** Mean in force; 0 while paused. */
  acu: perPeriod,
  minAcu: perPeriod,
  maxAcu: perPeriod,
  /** What each resource asked for. */
  demand: z.object({
    cpu: perPeriod,
    memory: perPeriod,
    network: perPeriod,
    connections: perPeriod,
  }),
  /** When it was asleep, oldest first; `wokenBy` is null while it sleeps or where nothing is known. */
  pauses: z.array(
    z.object({ fromMs: atMs, toMs: atMs, wokenBy: z.string().nullable(), wakeMs: z.number().nullable() }),
  ),
  /** What changed capacity, newest first. */
  changes: z.array(z.object({ atMs, fromAcu: z.number(), toAcu: z.number(), reason: z.string() })),
  /** Older changes of the window that found no room. */
  leftOutChanges: z.number(),
  /** What kept capacity from being lower than it was, newest first. */
  holds: z.array(
    z.object({ fromMs: atMs, toMs: atMs, kind: z.string(), acu: z.number(), reason: z.string() }),
  ),
  /** Over what of the window is known. */
  used: z.object({
    acuHours: z.number(),
    fixedMaximumAcuHours: z.number(),
    knownSeconds: z.number(),
    pausedSeconds: z.number(),
    currency: z.string(),
    pricePerAcuHour: z.number(),
  }),
});
export type CapacityAnswer = z.output<typeof capacityAnswer>;
