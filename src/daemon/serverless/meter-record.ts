import { readFile, rename } from 'node:fs/promises';
import { z } from 'zod';
import { MOST_HOURS } from '../../capacity/meter.ts';
import type { MeteredHour, MeterState } from '../../capacity/meter.ts';
import { replaceFile } from '../../cluster/managed/atomic-file.ts';
import { AirglowError } from '../../errors.ts';

/** Raised when an older Airglow could not read it any more. */
const FORMAT = 1;

const amount = z.number().min(0);
const recordSchema = z.strictObject({
  format: z.literal(FORMAT),
  sinceMs: z.number(),
  acuMs: amount,
  runningMs: amount,
  fixedMaximumAcuMs: amount,
  hours: z.array(z.strictObject({ hourMs: z.number(), acuMs: amount })),
  inForce: z
    .strictObject({
      bootId: z.string(),
      bootMs: z.number(),
      wallMs: z.number(),
      capacityAcu: amount,
      maxAcu: amount,
      running: z.boolean(),
    })
    .nullable(),
});

/**
 * The meter of a database on disk. `meter.json` is small and written all the time: sums, what is in force, and the hours
 * that changed since the other one was written. `meter.json.full` has all hours, is written now and then, and outlives a
 * power cut.
 */
export function fullPathOf(path: string): string {
  return `${path}.full`;
}

export async function writeRecord(path: string, record: MeterState, durable: boolean): Promise<void> {
  const text = `${JSON.stringify({ format: FORMAT, ...record })}\n`;
  await replaceFile(path, text, { mode: 0o600, gid: null, durable });
}

/**
 * What both files tell; null where there is neither. One that is damaged is set aside, and `warn` is told what the other
 * one was good for. Raises STATE_CORRUPT where a file is there and cannot be read at all.
 */
export async function readRecords(path: string, warn: (line: string) => void): Promise<MeterState | null> {
  const small = await readOne(path, warn);
  const full = await readOne(fullPathOf(path), warn);
  if (small === null) {
    if (full !== null) warn(`The meter goes on from ${fullPathOf(path)}, ${ageOf(full)}.`);
    return full;
  }
  if (full === null) return small;
  // After a power cut the one that is written less often may be the newer one. Sums only grow.
  const newer = full.runningMs > small.runningMs ? full : small;
  return { ...newer, hours: mergeHours(full.hours, small.hours) };
}

/** The hours that are not in the other list, or not as they stand there. */
export function changedHours(hours: readonly MeteredHour[], known: readonly MeteredHour[]): MeteredHour[] {
  const knownByHour = new Map(known.map(({ hourMs, acuMs }) => [hourMs, acuMs]));
  return hours.filter(({ hourMs, acuMs }) => knownByHour.get(hourMs) !== acuMs);
}

function ageOf({ inForce }: MeterState): string {
  if (inForce === null) return 'which is as old as the last stop';
  return `as of ${new Date(inForce.wallMs).toISOString()}; what changed after that is not known`;
}

function mergeHours(one: readonly MeteredHour[], other: readonly MeteredHour[]): MeteredHour[] {
  const hours = new Map<number, number>();
  for (const { hourMs, acuMs } of [...one, ...other])
    hours.set(hourMs, Math.max(acuMs, hours.get(hourMs) ?? 0));
  return [...hours]
    .map(([hourMs, acuMs]) => ({ hourMs, acuMs }))
    .sort((a, b) => a.hourMs - b.hourMs)
    .slice(-MOST_HOURS);
}

async function readOne(path: string, warn: (line: string) => void): Promise<MeterState | null> {
  let text;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    const reason = error instanceof Error ? error.message : String(error);
    const way = 'Mend that, or move the file away to begin a new meter.';
    throw new AirglowError('STATE_CORRUPT', `The meter ${path} cannot be read: ${reason}. ${way}`, {
      cause: error,
    });
  }
  try {
    const { format: _, ...record } = recordSchema.parse(JSON.parse(text));
    return record;
  } catch {
    const aside = `${path}.corrupt`;
    await rename(path, aside);
    warn(`The meter ${path} is damaged and was set aside as ${aside}.`);
    return null;
  }
}
