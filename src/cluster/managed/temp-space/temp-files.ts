import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

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
  for await (const way of filesBelow(folder, '', 3)) {
    if (!isMeant(ownerOf(way))) continue;
    const path = join(folder, way);
    const state = await lstat(path).catch(() => null);
    if (state !== null && state.mtimeMs < beforeMs) found.push(path);
  }
  return found;
}

/** What is in a tablespace of one server version. A file that goes meanwhile is none; a link is not followed. */
export async function readTempUse(folder: string): Promise<TempUse> {
  const spills = new Map<number, number>();
  const relations = new Map<number, number>();
  const [permanent, databases] = [new Set<number>(), new Set<number>()];
  let [bytes, files] = [0, 0];
  for await (const path of filesBelow(folder, '', 3)) {
    const found = await lstat(join(folder, path)).catch(() => null);
    if (found === null) continue;
    const size = found.blocks * 512;
    bytes += size;
    files++;
    const owner = ownerOf(path);
    if (owner.kind === 'spill') add(spills, owner.pid, size);
    else if (owner.kind === 'relation') add(relations, owner.backend, size);
    else if (owner.kind === 'permanent') permanent.add(owner.database);
    else if (owner.kind === 'database') databases.add(owner.database);
  }
  return { bytes, spills, relations, permanent, databases, files };
}

async function* filesBelow(root: string, way: string, depth: number): AsyncGenerator<string> {
  const entries = await readdir(join(root, way), { withFileTypes: true }).catch(ignoreGone);
  for (const entry of entries) {
    const path = way === '' ? entry.name : `${way}/${entry.name}`;
    if (entry.isFile()) yield path;
    else if (entry.isDirectory() && depth > 1) yield* filesBelow(root, path, depth - 1);
  }
}

/** A disk that fails must not look like one that is empty. */
function ignoreGone(error: NodeJS.ErrnoException): [] {
  if (error.code === 'ENOENT') return [];
  throw error;
}

function add(sums: Map<number, number>, key: number, bytes: number): void {
  sums.set(key, (sums.get(key) ?? 0) + bytes);
}

export function hasPermanent({ permanent, databases }: TempUse): boolean {
  return permanent.size > 0 || databases.size > 0;
}
