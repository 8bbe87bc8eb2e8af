import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { promisify } from 'node:util';
import { AirglowError } from '../../errors.ts';
import { chooseRunAs, findUser } from '../run-as.ts';
import type { RunAs } from '../run-as.ts';
import type { ClusterSpec } from './model.ts';

const run = promisify(execFile);
const PREFIX = 'airglow-';
/** Programs of administrators are not on everybody's path. */
const env = {
  ...process.env,
  PATH: `${process.env['PATH'] ?? '/usr/bin:/bin'}:/usr/sbin:/sbin`,
  LC_ALL: 'C',
};
const NO_SHELLS = ['/usr/sbin/nologin', '/sbin/nologin', '/bin/false'];

/** Who a new database is to run as. A user of its own needs root and `useradd`. */
export async function planOsUser(wanted: 'own' | 'shared', id: string): Promise<ClusterSpec['osUser']> {
  if (process.getuid?.() !== 0) return { name: ourName(), isOwn: false };
  if (wanted === 'own' && (await canMakeUsers())) return { name: `${PREFIX}${id}`, isOwn: true };
  return { name: (await chooseRunAs()).name, isOwn: false };
}

/** Makes the user where it is to be the database's own. Raises POSTGRES_FAILED. */
export async function prepareOsUser(osUser: ClusterSpec['osUser']): Promise<RunAs> {
  if (osUser.isOwn && (await findUser(osUser.name)) === null) await addUser(osUser.name);
  return resolveOsUser(osUser);
}

/** Raises POSTGRES_FAILED where the user is gone, or we are not who we were. */
export async function resolveOsUser(osUser: ClusterSpec['osUser']): Promise<RunAs> {
  if (process.getuid?.() !== 0) {
    const username = ourName();
    if (username === osUser.name) return { name: username, ids: null };
    throw new AirglowError(
      'POSTGRES_FAILED',
      `This database runs as ${osUser.name}, and we are ${username}. Run Airglow as ${osUser.name} or as root.`,
    );
  }
  const found = await findUser(osUser.name);
  if (found !== null && found.ids?.uid !== 0) return found;
  throw new AirglowError(
    'POSTGRES_FAILED',
    `There is no system user ${osUser.name} to run this database as. Make it again with the id that owns the data folder.`,
  );
}

/** No error where it is gone already. Raises POSTGRES_FAILED. */
export async function removeOsUser(osUser: ClusterSpec['osUser']): Promise<void> {
  // Whatever a file says: only users that we have made are removed.
  if (!osUser.isOwn || !osUser.name.startsWith(PREFIX)) return;
  if ((await findUser(osUser.name)) === null) return;
  try {
    await run('userdel', [osUser.name], { env });
  } catch (error) {
    if ((await findUser(osUser.name)) === null) return;
    throw new AirglowError(
      'POSTGRES_FAILED',
      `The system user ${osUser.name} cannot be removed: ${lastLine(error)}. Run userdel ${osUser.name} yourself.`,
      { cause: error },
    );
  }
}

/** A container may run with a number that has no name. */
function ourName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.());
  }
}

async function canMakeUsers(): Promise<boolean> {
  const both = ['useradd', 'userdel'].map((name) => run(name, ['--help'], { env }));
  return Promise.all(both).then(
    () => true,
    () => false,
  );
}

async function addUser(name: string): Promise<void> {
  const args = ['--system', '--user-group', '--no-create-home', '--home-dir', '/nonexistent'];
  try {
    await run('useradd', [...args, '--shell', await noShell(), '--comment', 'Airglow database', name], {
      env,
    });
  } catch (error) {
    throw new AirglowError('POSTGRES_FAILED', `The system user ${name} cannot be made: ${lastLine(error)}.`, {
      cause: error,
    });
  }
}

async function noShell(): Promise<string> {
  for (const path of NO_SHELLS) {
    const isThere = await access(path).then(
      () => true,
      () => false,
    );
    if (isThere) return path;
  }
  return '/bin/false';
}

function lastLine(error: unknown): string {
  const stderr = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
  return (stderr === '' ? String(error) : stderr).split('\n').at(-1) ?? '';
}
