import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { AirglowError } from '../../errors.ts';
import { replaceFile } from '../managed/atomic-file.ts';

const FILE = 'host-tier.json';
const RIGHTS = { mode: 0o600, gid: null, durable: true } as const;
/** Raised when an older Airglow could not read it any more. */
const FORMAT = 1;

const whole = z.string().startsWith('/');
const recordSchema = z.strictObject({
  /** What was being done; `on` where it is done. `resuming`: after a reboot, until the area is on again. */
  phase: z.enum(['enabling', 'on', 'disabling', 'resuming']),
  /** The folder, as it was named. */
  path: whole,
  /** The swap file, with links resolved. */
  file: whole,
  /** What databases may have together. */
  sizeBytes: z.int().min(1),
  fileBytes: z.int().min(1),
  /** Values of the kernel are those of that boot. */
  bootId: z.string(),
  values: z.array(z.strictObject({ file: whole, before: z.string(), ours: z.string() })),
});

/** What was changed on the host, and what was there before; written before it is changed. */
export type TierRecord = z.output<typeof recordSchema>;
/** A value of the kernel's. */
export type ChangedValue = TierRecord['values'][number];

const fileSchema = z.strictObject({ format: z.literal(FORMAT), ...recordSchema.shape });

/** Null where nothing is changed. Raises STATE_CORRUPT. */
export async function readTierRecord(stateDir: string): Promise<TierRecord | null> {
  const path = join(stateDir, FILE);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw unusable(path, error);
  }
  try {
    const { format: _, ...record } = fileSchema.parse(JSON.parse(text));
    return record;
  } catch (error) {
    throw unusable(path, error);
  }
}

/** Resolves when it is on disk. */
export async function writeTierRecord(stateDir: string, record: TierRecord): Promise<void> {
  const text = `${JSON.stringify({ format: FORMAT, ...record }, null, 2)}\n`;
  await replaceFile(join(stateDir, FILE), text, RIGHTS);
}

export async function removeTierRecord(stateDir: string): Promise<void> {
  await rm(join(stateDir, FILE), { force: true });
}

function unusable(path: string, cause: unknown): AirglowError {
  const reason = cause instanceof z.ZodError ? (cause.issues[0]?.message ?? 'not as it should be') : cause;
  return new AirglowError(
    'STATE_CORRUPT',
    `${path} cannot be used (${reason instanceof Error ? reason.message : String(reason)}): what the tiered cache changed on this host ` +
      'is not known. Mend it by hand; or turn the swap file off (swapoff), set vm.swappiness and vm.page-cluster, and remove it.',
    { cause },
  );
}
