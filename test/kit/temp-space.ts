import { execFile } from 'node:child_process';
import { chmod, mkdtemp, mkdir, readdir, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ManagedCluster } from '../../src/cluster/managed/model.ts';
import type { TempPlace, TempSpaceEvent } from '../../src/cluster/managed/temp-space/model.ts';
import type { CreateClusterOptions } from '../../src/cluster/managed/managed-cluster.ts';
import { fetchPostgres, testedMajor } from './postgres.ts';
import { waitFor } from './wait-for.ts';

const run = promisify(execFile);

/** A folder that stands for local storage. */
export interface TestDisk extends AsyncDisposable {
  readonly path: string;
}

export async function folderDisk(): Promise<TestDisk> {
  const base = await mkdtemp(join(tmpdir(), 'airglow-local-'));
  await chmod(base, 0o755);
  const path = join(base, 'nvme');
  await mkdir(path, { mode: 0o755 });
  return {
    path,
    [Symbol.asyncDispose]: () => rm(base, { recursive: true, force: true }),
  };
}

/** A file system of its own, so small that it is soon full. */
export interface MountedDisk extends TestDisk {
  mount(): Promise<void>;
  /** As when the disk is pulled: also while files are open. */
  unmount(): Promise<void>;
  setReadOnly(isReadOnly: boolean): Promise<void>;
  /** Whoever wants to write waits until it is over. */
  setFrozen(isFrozen: boolean): Promise<void>;
  /** Somebody else's file takes what is more than this share of the disk; 1 removes it. */
  leaveFree(share: number): Promise<void>;
  /** All that was on it is gone. */
  format(): Promise<void>;
}

/** Null where we may not mount. */
export async function mountedDisk(mebibytes: number): Promise<MountedDisk | null> {
  const base = await mkdtemp(join(tmpdir(), 'airglow-disk-'));
  await chmod(base, 0o755);
  const [image, path] = [join(base, 'image'), join(base, 'nvme')];
  await mkdir(path, { mode: 0o755 });
  let device = '';
  const disk: MountedDisk = {
    path,
    mount: async () => void (await run('mount', [device, path])),
    unmount: async () => void (await run('umount', ['-l', path])),
    setReadOnly: async (isReadOnly) =>
      void (await run('mount', ['-o', `remount,${isReadOnly ? 'ro' : 'rw'}`, path])),
    setFrozen: async (isFrozen) => void (await run('fsfreeze', [isFrozen ? '-f' : '-u', path])),
    leaveFree: async (share) => {
      const filler = join(path, 'filler');
      await rm(filler, { force: true });
      const { bavail, blocks, bsize } = await statfs(path);
      const bytes = Math.floor((bavail - share * blocks) * bsize);
      if (bytes > 0) await run('fallocate', ['-l', String(bytes), filler]);
    },
    format: async () => {
      await run('mkfs.ext4', ['-q', '-F', '-m', '0', device]);
    },
    [Symbol.asyncDispose]: async () => {
      await disk.setFrozen(false).catch(() => {});
      await disk.unmount().catch(() => {});
      if (device !== '') await run('losetup', ['-d', device]).catch(() => {});
      await rm(base, { recursive: true, force: true });
    },
  };
  try {
    await run('truncate', ['-s', `${mebibytes}M`, image]);
    device = (await run('losetup', ['--find', '--show', image])).stdout.trim();
    await disk.format();
    await disk.mount();
    return disk;
  } catch {
    await disk[Symbol.asyncDispose]();
    return null;
  }
}

/** Files below a folder; empty where it is not there. */
export async function filesBelow(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true, recursive: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** What was told of temporary space so far. */
export function eventsOf(cluster: ManagedCluster): TempSpaceEvent[] {
  const events: TempSpaceEvent[] = [];
  cluster.tempSpace.subscribe((event) => void events.push(event));
  return events;
}

export async function untilPlace(cluster: ManagedCluster, place: TempPlace): Promise<void> {
  await waitFor(() => cluster.tempSpace.describe()?.place === place, {
    what: `temporary objects to go to ${place}`,
  });
}

/** Sorts that take several times what they are given. */
export const SPILLING = `set work_mem = '64kB'; select count(*) from
  (select i, repeat('x', 200) as t from generate_series(1, 200000) i order by md5(i::text), t offset 1) s`;

/** The version that a run of the tests is about. */
export async function testedEngine(): Promise<Partial<CreateClusterOptions>> {
  const major = testedMajor();
  return major === 18 ? { engineMajor: 18 } : { installDir: await fetchPostgres(major) };
}
