import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AirglowError } from '../../errors.ts';
import { isOurs, SERVICE_NAME } from './service-plan.ts';
import type { ServicePlan } from './service-plan.ts';
import type { Systemd } from './systemctl.ts';
import { typed } from './systemctl.ts';

type Scope = ServicePlan['scope'];

export function unitPathOf(systemd: Systemd, scope: Scope): string {
  return join(systemd.unitDir(scope), `${SERVICE_NAME}.service`);
}

/** Null where there is none. */
export async function readUnit(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw unusable(path, error);
  }
}

/** A unit that somebody else wrote stays unless `force`. Raises INVALID_ARGUMENT. */
export async function writeUnit(path: string, text: string, force: boolean): Promise<void> {
  await requireOurs(path, force, 'overwrites');
  try {
    await mkdir(dirname(path), { recursive: true });
    // Whole or not at all.
    await writeFile(`${path}.new`, text, { mode: 0o644 });
    await rename(`${path}.new`, path);
  } catch (error) {
    throw unusable(path, error);
  }
}

/** The same care. Returns whether there was one. */
export async function removeUnit(path: string, force: boolean): Promise<boolean> {
  if (!(await requireOurs(path, force, 'removes'))) return false;
  await rm(path).catch((error: unknown) => {
    throw unusable(path, error);
  });
  return true;
}

/** Whether there is a unit at all. */
export async function requireOurs(path: string, force: boolean, does: string): Promise<boolean> {
  const present = await readUnit(path);
  if (present === null || force || isOurs(present)) return present !== null;
  throw new AirglowError(
    'INVALID_ARGUMENT',
    `${path} was not written by airglow service install, so it is left alone: look at it, and --force ${does} it`,
  );
}

/** Runs one after the other, and stops at the first that fails. Raises SERVICE_FAILED with what is left to be run. */
export async function runAll(
  systemd: Systemd,
  scope: Scope,
  commands: readonly (readonly string[])[],
): Promise<void> {
  for (const [index, args] of commands.entries()) {
    const { isDone, text } = await systemd.run(scope, args);
    if (isDone) continue;
    const left = commands.slice(index).map((rest) => typed(scope, rest));
    throw new AirglowError(
      'SERVICE_FAILED',
      `${typed(scope, args)} failed: ${text.split('\n')[0] ?? ''}; when that is mended, run: ${left.join(' && ')}`,
    );
  }
}

function unusable(path: string, error: unknown): AirglowError {
  const { code = '', message } = error as NodeJS.ErrnoException;
  const isForbidden = code === 'EACCES' || code === 'EPERM';
  const remedy = isForbidden ? 'run it as root, or with --user for a service of your own' : message;
  return new AirglowError('INVALID_ARGUMENT', `${path} cannot be used (${code}): ${remedy}`, {
    cause: error,
  });
}
