import { execFile } from 'node:child_process';
import { chown, lstat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { promisify } from 'node:util';
import { AirglowError } from '../errors.ts';

const run = promisify(execFile);

/** The system user that PostgreSQL runs as. Without ids it is the user that we are. */
export interface RunAs {
  readonly name: string;
  readonly ids: { readonly uid: number; readonly gid: number } | null;
}

/** PostgreSQL refuses to run as root, so these are tried in turn. */
const SUBSTITUTES_FOR_ROOT = ['postgres', 'nobody'] as const;

/** Who is to run PostgreSQL. Raises POSTGRES_FAILED when we are root and there is no other user. */
export async function chooseRunAs(): Promise<RunAs> {
  if (process.getuid?.() !== 0) return { name: 'the current user', ids: null };
  for (const name of SUBSTITUTES_FOR_ROOT) {
    const ids = await lookUp(name);
    if (ids !== null && ids.uid !== 0) return { name, ids };
  }
  throw new AirglowError(
    'POSTGRES_FAILED',
    `PostgreSQL refuses to run as root, and there is no user ${SUBSTITUTES_FOR_ROOT.join(' or ')} to run it as. ` +
      'Create one, or run Airglow as an ordinary user.',
  );
}

/** What `child_process` needs to start a program as that user. */
export function spawnIds(runAs: RunAs): { uid?: number; gid?: number } {
  return runAs.ids === null ? {} : { uid: runAs.ids.uid, gid: runAs.ids.gid };
}

export async function giveTo(runAs: RunAs, path: string): Promise<void> {
  if (runAs.ids !== null) await chown(path, runAs.ids.uid, runAs.ids.gid);
}

/** Whether every folder above `path` lets other users through. */
export async function othersCanReach(path: string): Promise<boolean> {
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    const mode = (await lstat(folder)).mode;
    if ((mode & 0o001) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

/** A system user by name, as whom only root can run programs; null where there is none. */
export async function findUser(name: string): Promise<RunAs | null> {
  const ids = await lookUp(name);
  return ids === null ? null : { name, ids };
}

async function lookUp(name: string): Promise<{ uid: number; gid: number } | null> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return null;
  }
}
