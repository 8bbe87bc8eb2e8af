import { mkdir, readFile, rm, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';

/** npm packages cannot hold symbolic links, so the package lists those that PostgreSQL's libraries need. */
export interface BinarySymlink {
  readonly path: string;
  readonly pointsTo: string;
}

/** The links that `installDir` should have; none for a PostgreSQL that is not from such a package. */
export async function readSymlinks(installDir: string): Promise<readonly BinarySymlink[]> {
  let listed: unknown;
  try {
    listed = JSON.parse(await readFile(join(installDir, 'pg-symlinks.json'), 'utf8'));
  } catch {
    return [];
  }
  if (!Array.isArray(listed)) return [];
  return listed.map((entry: { source: string; target: string }) => ({
    path: join(installDir, withoutRoot(entry.target)),
    pointsTo: join(installDir, withoutRoot(entry.source)),
  }));
}

/** Makes the links of a fresh copy. */
export async function makeSymlinks(installDir: string): Promise<void> {
  for (const link of await readSymlinks(installDir)) {
    await mkdir(dirname(link.path), { recursive: true });
    await rm(link.path, { force: true });
    await symlink(relative(dirname(link.path), link.pointsTo), link.path);
  }
}

/** The list counts from the package folder, whose `native/` is our `installDir`. */
function withoutRoot(path: string): string {
  return path.replace(/^native\//, '');
}
