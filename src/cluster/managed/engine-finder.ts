import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { AirglowError } from '../../errors.ts';
import { prepareBinaries } from '../binaries.ts';
import type { Binaries } from '../binaries.ts';
import type { RunAs } from '../run-as.ts';
import type { ClusterEngine } from './model.ts';

const run = promisify(execFile);

export const OLDEST_MAJOR = 13;
export const NEWEST_MAJOR = 18;
/** Of the PostgreSQL that comes with our packages. */
/** Of the PostgreSQL that comes with the packages. */
export const BUNDLED_MAJOR = 18;

/** Where PostgreSQL's packages put a major version; each folder holds bin/. */
const PLACES: readonly ((major: number) => string)[] = [
  (major) => `/usr/lib/postgresql/${major}`,
  (major) => `/usr/pgsql-${major}`,
  (major) => `/opt/homebrew/opt/postgresql@${major}`,
  (major) => `/usr/local/opt/postgresql@${major}`,
];

export interface FoundEngine {
  readonly engine: ClusterEngine;
  readonly binaries: Binaries;
}

/**
 * An installed PostgreSQL of that major version, or of the newest one; else the bundled one. Raises INVALID_ARGUMENT for a
 * version that Airglow does not know, POSTGRES_NOT_FOUND.
 */
export async function findEngine(
  runAs: RunAs,
  wantedMajor?: number,
  installDir?: string,
): Promise<FoundEngine> {
  if (installDir !== undefined) return findThere(runAs, installDir);
  if (wantedMajor !== undefined && !isKnownMajor(wantedMajor)) {
    throw new AirglowError(
      'INVALID_ARGUMENT',
      `There is no engine version ${wantedMajor}. Choose one from ${OLDEST_MAJOR} to ${NEWEST_MAJOR}.`,
    );
  }
  const installed = await findInstalled(wantedMajor);
  if (installed !== null) {
    const binaries = await prepareBinaries(runAs, installed);
    return { engine: engineOf(binaries, 'installed'), binaries };
  }
  if (wantedMajor !== undefined && wantedMajor !== BUNDLED_MAJOR) throw notInstalled(wantedMajor);
  const binaries = await prepareBinaries(runAs);
  return { engine: engineOf(binaries, 'bundled'), binaries };
}

/**
 * The same engine as it is today: a bundled one may have come in a newer minor version since. Raises POSTGRES_NOT_FOUND.
 */
export async function findAgain(engine: ClusterEngine, runAs: RunAs): Promise<FoundEngine> {
  if (engine.source === 'bundled') {
    const binaries = await prepareBinaries(runAs).catch(() => null);
    if (binaries !== null && majorOf(binaries.version) === engine.major)
      return { engine: engineOf(binaries, 'bundled'), binaries };
  }
  try {
    const binaries = await prepareBinaries(runAs, engine.installDir);
    if (majorOf(binaries.version) === engine.major) return { engine, binaries };
    throw new AirglowError(
      'POSTGRES_NOT_FOUND',
      `The data are of PostgreSQL ${engine.major}, and ${engine.installDir} holds ${binaries.version} now. Install ` +
        `PostgreSQL ${engine.major} beside it.`,
    );
  } catch (error) {
    const elsewhere = engine.source === 'installed' ? await findInstalled(engine.major) : null;
    if (elsewhere === null) throw error;
    const binaries = await prepareBinaries(runAs, elsewhere);
    return { engine: engineOf(binaries, 'installed'), binaries };
  }
}

async function findThere(runAs: RunAs, installDir: string): Promise<FoundEngine> {
  const binaries = await prepareBinaries(runAs, installDir);
  if (isKnownMajor(majorOf(binaries.version))) return { engine: engineOf(binaries, 'installed'), binaries };
  throw new AirglowError(
    'INVALID_ARGUMENT',
    `PostgreSQL ${binaries.version} in ${installDir} cannot be used. Take one from ${OLDEST_MAJOR} to ${NEWEST_MAJOR}.`,
  );
}

/** `15.18` -> 15 */
export function majorOf(version: string): number {
  return Number.parseInt(version, 10);
}

function isKnownMajor(major: number): boolean {
  return Number.isInteger(major) && major >= OLDEST_MAJOR && major <= NEWEST_MAJOR;
}

function engineOf(binaries: Binaries, source: ClusterEngine['source']): ClusterEngine {
  return { major: majorOf(binaries.version), source, installDir: binaries.installDir };
}

async function findInstalled(wantedMajor?: number): Promise<string | null> {
  for (let major = wantedMajor ?? NEWEST_MAJOR; major >= (wantedMajor ?? OLDEST_MAJOR); major--) {
    for (const place of PLACES) if (await hasServer(place(major))) return place(major);
  }
  const onPath = await askPgConfig();
  if (onPath === null || !isKnownMajor(onPath.major)) return null;
  return wantedMajor === undefined || onPath.major === wantedMajor ? onPath.installDir : null;
}

async function hasServer(installDir: string): Promise<boolean> {
  const programs = ['postgres', 'initdb'].map((name) => access(join(installDir, 'bin', name)));
  return Promise.all(programs).then(
    () => true,
    () => false,
  );
}

/** A PostgreSQL built by hand tells where it is. */
async function askPgConfig(): Promise<{ installDir: string; major: number } | null> {
  try {
    const binDir = (await run('pg_config', ['--bindir'])).stdout.trim();
    const { stdout } = await run(join(binDir, 'postgres'), ['--version']);
    const installDir = dirname(binDir);
    const major = majorOf(/\d+/.exec(stdout)?.[0] ?? '');
    return (await hasServer(installDir)) ? { installDir, major } : null;
  } catch {
    return null;
  }
}

function notInstalled(major: number): AirglowError {
  return new AirglowError(
    'POSTGRES_NOT_FOUND',
    `PostgreSQL ${major} is not installed. Install it (Debian, Ubuntu: apt install postgresql-${major}; RHEL: dnf install ` +
      `postgresql${major}-server postgresql${major}-contrib; macOS: brew install postgresql@${major}), or leave the engine ` +
      'version out to take what there is.',
  );
}
