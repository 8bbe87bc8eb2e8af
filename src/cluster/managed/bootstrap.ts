import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { AirglowError } from '../../errors.ts';
import type { Binaries } from '../binaries.ts';
import { spawnIds } from '../run-as.ts';
import type { RunAs } from '../run-as.ts';
import type { Guard } from '../guard.ts';
import { scramVerifier } from '../scram-verifier.ts';
import type { ClusterFolder } from './cluster-folder.ts';
import type { Secrets } from './secrets.ts';
import { refused } from './owned-settings.ts';
import { USER_ROLE } from './server-config.ts';

/**
 * Makes the user's superuser and the extension, before the server was ever open to anybody. Statements go in by standard
 * input, and hold what the server keeps of a password, not the password. Raises POSTGRES_FAILED.
 */
export async function bootstrapRoles(
  binaries: Binaries,
  folder: ClusterFolder,
  runAs: RunAs,
  secrets: Secrets,
  guard: Guard | null,
): Promise<void> {
  const verifier = scramVerifier(secrets.password);
  const role = `create role ${USER_ROLE} superuser createdb createrole replication bypassrls login password '${verifier}'`;
  const extension = 'create extension if not exists pg_stat_statements';
  const run = { binaries, folder, runAs, guard };
  await runSingle(run, 'template1', [extension]);
  await runSingle(run, 'postgres', [role, extension, `alter database postgres owner to ${USER_ROLE}`]);
}

interface SingleRun {
  readonly binaries: Binaries;
  readonly folder: ClusterFolder;
  readonly runAs: RunAs;
  readonly guard: Guard | null;
}

async function runSingle(
  { binaries, folder, runAs, guard }: SingleRun,
  database: string,
  statements: readonly string[],
): Promise<void> {
  const settings = [`config_file=${folder.configFile}`, 'exit_on_error=true', 'log_statement=none'];
  const args = ['--single', '-j', '-D', folder.dataDir, ...settings.flatMap((one) => ['-c', one]), database];
  const child = spawn(binaries.postgres, args, {
    ...spawnIds(runAs),
    detached: true,
    cwd: '/',
    stdio: ['pipe', 'ignore', 'pipe'],
    env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C' },
  });
  const complaints: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => complaints.push(chunk.toString()));
  child.stdin.on('error', () => {});
  if (child.pid !== undefined) guard?.watch(child.pid, 'let-finish');
  child.stdin.end(statements.map((sql) => `${sql};\n\n`).join(''));
  const [code] = (await once(child, 'close')) as [number | null];
  guard?.forget();
  if (code === 0) return;
  const reason = /(FATAL|ERROR|PANIC):\s+(.*)/.exec(complaints.join(''))?.[2] ?? `it ended with code ${code}`;
  if (/could not (access file|load library)/.test(reason)) throw refused('shared_preload_libraries', reason);
  const remedy = reason.includes('pg_stat_statements')
    ? ' Install the contrib package of this PostgreSQL.'
    : '';
  throw new AirglowError('POSTGRES_FAILED', `The new database could not be set up: ${reason}.${remedy}`);
}
