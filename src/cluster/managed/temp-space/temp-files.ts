import { lstat } from 'node:fs';
import type { Stats } from 'node:fs';
import { opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { holdFolder } from '../../../kernel/held-folder.ts';

/** Who a file in the tablespace belongs to. */
export type FileOwner =
  /** A file of a sort or hash of that process. */
  | { readonly kind: 'spill'; readonly pid: number }
  /** A temporary table of the session with that number, as in `pg_locks.virtualtransaction`. */
  | { readonly kind: 'relation'; readonly backend: number }
  /** Permanent, of the database with that oid. */
  | { readonly kind: 'permanent'; readonly database: number }
  /** A whole database. */
  | { readonly kind: 'database'; readonly database: number }
  | { readonly kind: 'other' };

export interface TempUse {
  readonly bytes: number;
  /** By process. */
  readonly spills: ReadonlyMap<number, number>;
  /** By number of the session. */
  readonly relations: ReadonlyMap<number, number>;
  /** Databases with permanent objects in it. */
  readonly permanent: ReadonlySet<number>;
  /** Databases that are in it as a whole. */
  readonly databases: ReadonlySet<number>;
  readonly files: number;
}

/** `pgsql_tmp/pgsql_tmp123.0`, `pgsql_tmp/pgsql_tmp123.0.fileset/i1of4.p0.0`, `5/t3_16400`, `5/16401_fsm` */
export function ownerOf(path: string): FileOwner {
  const [folder = '', name = ''] = path.split('/');
  if (folder === 'pgsql_tmp') {
    const [, pid] = /^pgsql_tmp(\d+)\./.exec(name) ?? [];
    return pid === undefined ? { kind: 'other' } : { kind: 'spill', pid: Number(pid) };
  }
  if (!/^\d+$/.test(folder)) return { kind: 'other' };
  const database = Number(folder);
  if (name === 'PG_VERSION') return { kind: 'database', database };
  if (/^\d+(_|\.|$)/.test(name)) return { kind: 'permanent', database };
  const [, backend] = /^t(\d+)_\d/.exec(name) ?? [];
  return backend === undefined ? { kind: 'other' } : { kind: 'relation', backend: Number(backend) };
}

/** Files of these kinds, and last written before that moment, by their whole paths. */
export async function findFiles(
  folder: string,
  isMeant: (owner: FileOwner) => boolean,
  beforeMs: number,
): Promise<string[]> {
  const found: string[] = [];
  for await (const { way, heldPath } of filesBelow(folder)) {
    if (!isMeant(ownerOf(way))) continue;
    const state = await stateOf(heldPath);
    if (state !== null && state.mtimeMs < beforeMs) found.push(join(folder, way));
  }
  return found;
}

/**
 * What is in a tablespace of one server version. A file that goes meanwhile is none; a link is not followed. One file at a
 * time: of a disk that hangs no more than one call is waited for.
 */
export async function readTempUse(folder: string): Promise<TempUse> {
  const spills = new Map<number, number>();
  const relations = new Map<number, number>();
  const [permanent, databases] = [new Set<number>(), new Set<number>()];
  let [bytes, files] = [0, 0];
  for await (const { way, heldPath } of filesBelow(folder)) {
    const state = await stateOf(heldPath);
    if (state === null) continue;
    const size = state.blocks * 512;
    bytes += size;
    files++;
    const owner = ownerOf(way);
    if (owner.kind === 'spill') add(spills, owner.pid, size);
    else if (owner.kind === 'relation') add(relations, owner.backend, size);
    else if (owner.kind === 'permanent') permanent.add(owner.database);
    else if (owner.kind === 'database') databases.add(owner.database);
  }
  return { bytes, spills, relations, permanent, databases, files };
}

interface FoundFile {
  /** From the folder on: `5/t3_16400`. */
  readonly way: string;
  /** Leads to it as long as it is looked at, and nowhere else. */
  readonly heldPath: string;
}

/** Files in three levels of folders. The server's user may exchange any of these at any time. */
async function* filesBelow(path: string, wayThere = '', depth = 3): AsyncGenerator<FoundFile> {
  const held = await holdFolder(path);
  if (held === null) return;
  try {
    // In pieces: there may be hundreds of thousands.
    for await (const entry of await opendir(held.path, { bufferSize: 256 })) {
      const [way, heldPath] = [`${wayThere}${entry.name}`, `${held.path}/${entry.name}`];
      if (entry.isFile()) yield { way, heldPath };
      else if (entry.isDirectory() && depth > 1) yield* filesBelow(heldPath, `${way}/`, depth - 1);
    }
  } finally {
    await held.close();
  }
}

/** Null where it is gone. With a callback: promises of `node:fs` cost half as much again. */
async function stateOf(path: string): Promise<Stats | null> {
  return new Promise((resolve, reject) => {
    lstat(path, (error, state) => {
      if (error === null) resolve(state);
      // A disk that fails must not look like one that is empty.
      else if (error.code === 'ENOENT') resolve(null);
      else reject(error);
    });
  });
}

function add(sums: Map<number, number>, key: number, bytes: number): void {
  sums.set(key, (sums.get(key) ?? 0) + bytes);
}

export function hasPermanent({ permanent, databases }: TempUse): boolean {
  return permanent.size > 0 || databases.size > 0;
}
