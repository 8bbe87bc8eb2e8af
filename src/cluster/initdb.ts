import { AirglowError } from '../errors.ts';
import type { Binaries } from './binaries.ts';
import { startChild } from './child.ts';
import type { Guard } from './guard.ts';
import { lastLogLines } from './log-tail.ts';
import type { RunAs } from './run-as.ts';
import { withSecretFile } from './server-folder.ts';
import type { ServerFolder } from './server-folder.ts';

export const SUPERUSER = 'postgres';

export interface InitialSettings {
  readonly superuser: string;
  readonly password: string;
  /** Where nothing has to outlive a power cut. */
  readonly temporary: boolean;
  readonly extraArgs?: readonly string[];
}

/** Makes the data folder, with SCRAM passwords on every way in. Raises POSTGRES_FAILED. */
export async function initializeDataFolder(
  binaries: Binaries,
  folder: ServerFolder,
  runAs: RunAs,
  guard: Guard | null,
  settings: InitialSettings,
): Promise<void> {
  await withSecretFile(folder, runAs, settings.password, async (passwordFile) => {
    const args = [
      ['--pgdata', folder.dataDir],
      ['--username', settings.superuser, '--pwfile', passwordFile, '--auth', 'scram-sha-256'],
      ['--encoding', 'UTF8', '--locale', 'C'],
      settings.temporary ? ['--no-sync'] : [],
      settings.extraArgs ?? [],
    ].flat();
    const child = await startChild(binaries.initdb, args, folder, runAs);
    guard?.watch(child.pid, 'let-finish');
    const exit = await child.exited;
    guard?.forget();
    if (exit.code === 0) return;
    throw new AirglowError(
      'POSTGRES_FAILED',
      `initdb ended with ${exit.signal ?? `code ${exit.code}`}:\n${await lastLogLines(folder.logFile)}`,
    );
  });
}
