import { createHash, randomBytes } from 'node:crypto';
import { chmod, cp, lstat, mkdir, readFile, readdir, rename, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { AirglowError } from '../errors.ts';
import { makeSymlinks } from './binary-symlinks.ts';
import { othersCanReach } from './run-as.ts';

/**
 * Copies a PostgreSQL to the cache, readable and executable by everybody and with its symbolic links, and returns the
 * copy's folder. The copy appears by one rename, so any number of processes may do this at the same time.
 */
export async function copyToCache(installDir: string): Promise<string> {
  const cacheDir = await openCacheDir();
  const target = join(cacheDir, await cacheKey(installDir));
  if (await isFolder(target)) return target;
  const partial = join(cacheDir, `.partial-${process.pid}-${randomBytes(6).toString('hex')}`);
  try {
    // Static libraries are for building against PostgreSQL only.
    await cp(installDir, partial, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (source) => !source.endsWith('.a'),
    });
    await openToEverybody(partial);
    await makeSymlinks(partial);
    await rename(partial, target);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    // Another process was faster: its copy is as good as ours.
    if (!(await isFolder(target))) throw error;
  }
  return target;
}

/** Package name and version where there is a package, and always the place it comes from. */
async function cacheKey(installDir: string): Promise<string> {
  const place = createHash('sha256').update(installDir).digest('hex').slice(0, 8);
  try {
    const manifest = JSON.parse(await readFile(join(dirname(installDir), 'package.json'), 'utf8'));
    return `postgres-${String(manifest.version)}-${process.platform}-${process.arch}-${place}`;
  } catch {
    return `postgres-${process.platform}-${process.arch}-${place}`;
  }
}

/** Others must be able to get in, and only we may write: what lies here is executed. */
async function openCacheDir(): Promise<string> {
  const uid = process.getuid?.() ?? 0;
  const candidates = [
    process.env['AIRGLOW_CACHE_DIR'],
    uid === 0
      ? '/var/cache/airglow'
      : join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'airglow'),
    join(tmpdir(), `airglow-cache-${uid}`),
    join('/tmp', `airglow-cache-${uid}`),
  ];
  for (const folder of candidates) {
    if (folder !== undefined && (await isOurCache(folder, uid))) return folder;
  }
  throw new AirglowError(
    'POSTGRES_FAILED',
    'There is no folder to copy PostgreSQL to. Set AIRGLOW_CACHE_DIR to one that you own and that others can read.',
  );
}

async function isOurCache(folder: string, uid: number): Promise<boolean> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o755 });
    const found = await lstat(folder);
    if (!found.isDirectory() || found.uid !== uid || (found.mode & 0o022) !== 0) return false;
    if (uid !== 0) return true;
    await chmod(folder, 0o755);
    return await othersCanReach(folder);
  } catch {
    return false;
  }
}

async function openToEverybody(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isDirectory()) await chmod(path, 0o755);
    else if (entry.isFile()) await chmod(path, entry.parentPath === join(folder, 'bin') ? 0o755 : 0o644);
  }
}

async function isFolder(path: string): Promise<boolean> {
  return lstat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
