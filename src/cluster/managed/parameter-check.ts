import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { AirglowError } from '../../errors.ts';
import type { Binaries } from '../binaries.ts';
import { spawnIds } from '../run-as.ts';
import type { RunAs } from '../run-as.ts';
import { AdminSession } from './admin-session.ts';
import type { ClusterFolder } from './cluster-folder.ts';
import { refused } from './owned-settings.ts';
import { libraryNames } from './server-config.ts';

const run = promisify(execFile);
const TIMEOUT_MS = 20_000;

/**
 * Lets PostgreSQL itself read a configuration without starting. It finds unknown names and values out of range; what only
 * shows when the server starts (a library that is not there) it does not find. Raises SETTING_REFUSED.
 */
export async function checkConfig(
  binaries: Binaries,
  runAs: RunAs,
  folder: ClusterFolder,
  configFile: string,
): Promise<void> {
  const args = ['-C', 'max_connections', '-D', folder.dataDir, '-c', `config_file=${configFile}`];
  const env = { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C' };
  try {
    await run(binaries.postgres, args, { ...spawnIds(runAs), cwd: '/', env, timeout: TIMEOUT_MS });
  } catch (error) {
    throw new AirglowError('SETTING_REFUSED', `PostgreSQL refuses the parameters: ${complaint(error)}.`, {
      cause: error,
    });
  }
}

/** What PostgreSQL says, without time and place: `invalid value for parameter "work_mem": "foo"`. */
function complaint(error: unknown): string {
  const stderr = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
  const lines = stderr.split('\n').filter((line) => /\b(LOG|FATAL|ERROR|HINT):/.test(line));
  const said = lines.filter((line) => !line.includes('contains errors'));
  const texts = (said.length > 0 ? said : [stderr.trim().split('\n').at(-1) ?? '']).map((line) =>
    line
      .replace(/^.*?\b(LOG|FATAL|ERROR|HINT):\s+/, '')
      .replace(/ in file ".*" line \d+$/, '')
      .replace(/\.$/, ''),
  );
  return texts.join('; ');
}

interface FileError {
  readonly name: string | null;
  readonly error: string;
}

/**
 * Whether libraries that are to be loaded at the next start are there, by loading them into a session that goes away
 * at once. Raises SETTING_REFUSED.
 */
export async function checkLibraries(adminUrl: string, list: string, timeoutMs: number): Promise<void> {
  const session = new AdminSession(
    () => adminUrl,
    async () => {},
  );
  try {
    for (const library of libraryNames(list)) {
      const loading = session.ask(`load '${library.replaceAll("'", "''")}'`, timeoutMs);
      const reason = await loading.then(
        () => '',
        (error: Error) => error.message,
      );
      // Many a library wants to be loaded at the start only, and says so: it is there.
      if (/could not (access file|load library)/.test(reason))
        throw refused('shared_preload_libraries', reason);
    }
  } finally {
    await session.close();
  }
}

/** After a reload: what a running server does not take, but for what waits for a restart. Raises SETTING_REFUSED. */
export async function checkReloaded(session: AdminSession, timeoutMs: number): Promise<void> {
  const rows = await session.ask<FileError>(
    // What waits for a restart is among the errors, too.
    `select f.name, f.error from pg_catalog.pg_file_settings f left join pg_catalog.pg_settings s using (name)
      where f.error is not null and s.context is distinct from 'postmaster'`,
    timeoutMs,
  );
  if (rows.length === 0) return;
  const list = rows.map(({ name, error }) => (name === null ? error : `${name}: ${error}`)).join('; ');
  throw new AirglowError('SETTING_REFUSED', `PostgreSQL refuses the parameters: ${list}.`);
}
