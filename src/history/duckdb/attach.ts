import { chmodSync, copyFileSync, existsSync, renameSync, truncateSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { AirglowError } from '../../errors.ts';
import type { Session } from './database.ts';
import { kindOf, messageOf } from './failure.ts';
import { lockedBy } from './lock.ts';
import { createTables, SCHEMA_VERSION } from './schema.ts';

/** Length and checksum of an entry; DuckDB tells the position behind them. */
const LOG_ENTRY_HEADER_BYTES = 16;

/** Of new files. Half of DuckDB's own size: a day takes 15 % less and is read as fast; with a quarter, slower. */
const BLOCK_BYTES = 131_072;

export interface StoreFile {
  readonly path: string;
  readonly catalog: string;
  readonly tables: Readonly<Record<string, string>>;
  /** Reads what has to be known by heart, once attached; a file where that fails is damaged. */
  load?(session: Session): Promise<void>;
}

/**
 * Attaches a file, made new where it is missing. What cannot be read is set aside under another name: first only the end
 * of the write-ahead log, then the log, then the file. Returns a sentence for each thing set aside.
 * Raises STORE_FULL, STORE_LOCKED.
 */
export async function attach(session: Session, file: StoreFile): Promise<string[]> {
  const notices: string[] = [];
  // Each remedy can be used once, so this ends.
  for (const remedy of [cutLog, setLogAside, setFileAside, null]) {
    try {
      const blockSize = existsSync(file.path) ? '' : `(BLOCK_SIZE ${BLOCK_BYTES})`;
      await session.run(`ATTACH ${quoted(file.path)} AS ${file.catalog} ${blockSize}`);
      await prepareTables(session, file);
      await file.load?.(session);
      protect(file.path);
      return notices;
    } catch (error) {
      await session.run(`DETACH ${file.catalog}`).catch(() => {});
      refuseIfNotDamaged(error, file.path);
      if (remedy === null) throw corrupt(file.path, error);
      const notice = remedy(file.path, messageOf(error));
      if (notice !== null) notices.push(notice);
    }
  }
  return notices;
}

/** Moves a file and its log out of the way; the file must not be attached. */
export function setFileAside(path: string): string | null {
  if (!existsSync(path)) return null;
  setLogAside(path);
  const aside = asideOf(path);
  renameSync(path, aside);
  return `${basename(path)} is damaged and was set aside as ${basename(aside)}`;
}

/** The directory lets nobody else in; this is for the day somebody opens it. */
export function protect(path: string): void {
  for (const each of [path, logOf(path)]) if (existsSync(each)) chmodSync(each, 0o600);
}

export function logOf(path: string): string {
  return `${path}.wal`;
}

async function prepareTables(session: Session, { catalog, tables }: StoreFile): Promise<void> {
  const [[hasMeta]] = (await session.columns(
    `SELECT COUNT(*) FROM information_schema.tables WHERE table_catalog = ? AND table_name = 'meta'`,
    [catalog],
  )) as [[bigint]];
  if (hasMeta === 0n)
    await session.transaction(async () => {
      for (const statement of createTables(catalog, tables)) await session.run(statement);
    });
  const [[version]] = (await session.columns(`SELECT MAX(version) FROM ${catalog}.meta`)) as [[number]];
  if (version !== SCHEMA_VERSION) throw new Error(`layout ${version}, not ${SCHEMA_VERSION}`);
}

/** Keeps what the log holds before the damage. */
function cutLog(path: string, message: string): string | null {
  const position = /entry at byte position (\d+)/.exec(message)?.[1];
  if (position === undefined || !existsSync(logOf(path))) return null;
  const aside = asideOf(logOf(path));
  copyFileSync(logOf(path), aside);
  truncateSync(logOf(path), Math.max(0, Number(position) - LOG_ENTRY_HEADER_BYTES));
  return `the end of ${basename(logOf(path))} is damaged; it was cut, and the whole kept as ${basename(aside)}`;
}

function setLogAside(path: string): string | null {
  if (!existsSync(logOf(path))) return null;
  const aside = asideOf(logOf(path));
  renameSync(logOf(path), aside);
  return `${basename(logOf(path))} is damaged and was set aside as ${basename(aside)}`;
}

function asideOf(path: string): string {
  for (let number = 1; ; number++) {
    const aside = `${path}.damaged-${number}`;
    if (!existsSync(aside)) return aside;
  }
}

function refuseIfNotDamaged(error: unknown, path: string): void {
  const kind = kindOf(error);
  if (kind === 'locked') throw lockedBy(dirname(path), holderIn(messageOf(error)));
  if (kind === 'full')
    throw new AirglowError('STORE_FULL', `No room left on the disk of ${dirname(path)}. Free some.`, {
      cause: error,
    });
  if (/permission denied|EACCES|EPERM|read-only file system|too many open files/i.test(messageOf(error)))
    throw new AirglowError('INVALID_ARGUMENT', `Cannot open ${path}: ${messageOf(error)}`, { cause: error });
}

function holderIn(message: string): number | null {
  const pid = /\(PID (\d+)\)/.exec(message)?.[1];
  return pid === undefined ? null : Number(pid);
}

function corrupt(path: string, cause: unknown): AirglowError {
  return new AirglowError('STORE_CORRUPT', `Cannot open ${path}: ${messageOf(cause)}`, { cause });
}

/** File names cannot be parameters of ATTACH. */
function quoted(path: string): string {
  return `'${path.replaceAll("'", "''")}'`;
}
