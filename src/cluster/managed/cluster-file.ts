import { readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { AirglowError } from '../../errors.ts';
import { replaceFile } from './atomic-file.ts';
import { DEFAULT_SECONDS_UNTIL_AUTO_PAUSE } from './cluster-options.ts';
import { NO_OPTIMIZED_READS } from './model.ts';
import type { ClusterSpec } from './model.ts';

const FILE = 'cluster.json';
const RIGHTS = { mode: 0o600, gid: null, durable: true } as const;
/** Raised when an older Airglow could not read it any more. */
const FORMAT = 1;

const acu = z.number().min(0).max(256);
const specSchema = z.strictObject({
  name: z.string().min(1),
  id: z.string().regex(/^[a-z0-9-]+$/),
  createdAtMs: z.number(),
  engine: z.strictObject({
    major: z.int().min(10).max(99),
    source: z.enum(['installed', 'bundled']),
    installDir: z.string().startsWith('/'),
  }),
  port: z.int().min(1).max(65_535),
  network: z.strictObject({ listen: z.string().min(1), allow: z.array(z.string()), tls: z.boolean() }),
  minAcu: acu,
  maxAcu: acu,
  // Earlier versions had no pauses.
  secondsUntilAutoPause: z.int().min(1).max(86_400).default(DEFAULT_SECONDS_UNTIL_AUTO_PAUSE),
  ignoreActivity: z
    .array(z.strictObject({ field: z.enum(['user', 'application', 'database', 'host']), value: z.string() }))
    .default([]),
  parameters: z.record(z.string(), z.string()),
  // Earlier versions had none.
  optimizedReads: z
    .strictObject({
      localStorage: z.string().startsWith('/').nullable(),
      tempSpaceBytes: z.int().min(1).nullable(),
      tieredCacheBytes: z.int().min(0),
      startedTierBytes: z.int().min(0),
    })
    .default(NO_OPTIMIZED_READS),
  osUser: z.strictObject({ name: z.string().min(1), isOwn: z.boolean() }),
  wanted: z.enum(['running', 'stopped']),
  postmaster: z.strictObject({ pid: z.int().min(2), identity: z.string().min(1) }).nullable(),
});
const fileSchema = z.strictObject({ format: z.literal(FORMAT), ...specSchema.shape });

/** Resolves when the spec is on disk, twice: the copy serves where the first one cannot be read any more. */
export async function writeSpec(folder: string, spec: ClusterSpec): Promise<void> {
  const text = `${JSON.stringify({ format: FORMAT, ...spec }, null, 2)}\n`;
  await replaceFile(join(folder, FILE), text, RIGHTS);
  await replaceFile(join(folder, `${FILE}.bak`), text, RIGHTS);
}

/**
 * The spec, checked. Where it cannot be read, the copy of it, which `warn` is told about. Raises CLUSTER_NOT_FOUND where
 * there is neither, STATE_CORRUPT where neither can be used.
 */
export async function readSpec(folder: string, warn: (line: string) => void): Promise<ClusterSpec> {
  const path = join(folder, FILE);
  const [main, copy] = [await readOne(path), await readOne(`${path}.bak`)];
  if ('spec' in main) return main.spec;
  if ('spec' in copy) {
    warn(`${path} cannot be used (${main.reason}); the copy ${FILE}.bak was taken instead.`);
    if (!main.isMissing) await rename(path, `${path}.corrupt`);
    await writeSpec(folder, copy.spec);
    return copy.spec;
  }
  if (main.isMissing && copy.isMissing)
    throw new AirglowError('CLUSTER_NOT_FOUND', `There is no database in ${folder}.`);
  throw new AirglowError(
    'STATE_CORRUPT',
    `${path} cannot be used: ${main.reason}. Mend it by hand or put back a copy; the data in ${join(folder, 'data')} is not ` +
      'touched. To give the database up, remove the folder.',
  );
}

type Reading = { readonly spec: ClusterSpec } | { readonly reason: string; readonly isMissing: boolean };

async function readOne(path: string): Promise<Reading> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return { reason: isMissing ? 'there is no such file' : reasonOf(error), isMissing };
  }
  try {
    const { format: _, ...spec } = fileSchema.parse(JSON.parse(text));
    return { spec };
  } catch (error) {
    return { reason: reasonOf(error), isMissing: false };
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof z.ZodError) {
    const [issue] = error.issues;
    return `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not as it should be'}`;
  }
  return error instanceof Error ? error.message : String(error);
}
