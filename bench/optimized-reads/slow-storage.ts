import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { enclose } from '../../test/kit/process-group.ts';

const BLKIO = '/sys/fs/cgroup/blkio';

/** 0 is no limit. */
export interface StorageLimits {
  readonly iops: number;
  readonly bytesPerSecond: number;
}

export const NO_LIMITS: StorageLimits = { iops: 0, bytesPerSecond: 0 };

/** A network volume of so many operations a second, with the throughput that the smallest ones come with. */
export function volumeOf(iops: number): StorageLimits {
  return { iops, bytesPerSecond: 125_000_000 };
}

/**
 * A file system of its own on a loop device, which can be made as slow as a network volume: the kernel (blkio of cgroup v1)
 * lets only so many reads a second through. The server has a group for its reads; its buffered writes are the kernel's, so
 * their limit is on the root group.
 */
export class SlowStorage {
  readonly folder: string;
  readonly #image: string;
  readonly #device: string;
  readonly #number: string;
  #group: Awaited<ReturnType<typeof enclose>> | null = null;

  constructor(workDir: string, sizeBytes: number) {
    this.folder = join(workDir, 'volume');
    this.#image = join(workDir, 'volume.img');
    mkdirSync(this.folder);
    writeFileSync(this.#image, '');
    truncateSync(this.#image, sizeBytes);
    run('mkfs.ext4', '-q', '-F', '-E', 'lazy_itable_init=0,lazy_journal_init=0', this.#image);
    this.#device = run('losetup', '--find', '--show', '--direct-io=on', this.#image).trim();
    this.#number = readFileSync(`/sys/block/${basename(this.#device)}/dev`, 'utf8').trim();
    try {
      run('mount', '-o', 'noatime', this.#device, this.folder);
      chmodSync(this.folder, 0o755);
    } catch (error) {
      run('losetup', '-d', this.#device);
      throw error;
    }
  }

  /** For this server, from now on. One that was started anew has to be named again. */
  async slowDown(postmasterPid: number, limits: StorageLimits): Promise<void> {
    await this.speedUp();
    this.#group = await enclose(BLKIO, 'slow', postmasterPid);
    this.#limit(this.#group.path, 'read', limits);
    this.#limit(BLKIO, 'write', limits);
  }

  async speedUp(): Promise<void> {
    if (this.#group === null) return;
    this.#limit(this.#group.path, 'read', NO_LIMITS);
    this.#limit(BLKIO, 'write', NO_LIMITS);
    await this.#group.remove();
    this.#group = null;
  }

  #limit(folder: string, what: 'read' | 'write', { iops, bytesPerSecond }: StorageLimits): void {
    writeFileSync(join(folder, `blkio.throttle.${what}_iops_device`), `${this.#number} ${iops}`);
    writeFileSync(join(folder, `blkio.throttle.${what}_bps_device`), `${this.#number} ${bytesPerSecond}`);
  }

  /** Reads so far, of whomever. */
  reads(): number {
    return Number(
      readFileSync(`/sys/block/${basename(this.#device)}/stat`, 'utf8')
        .trim()
        .split(/\s+/)[0],
    );
  }

  async remove(): Promise<void> {
    await this.speedUp();
    run('umount', this.folder);
    run('losetup', '-d', this.#device);
    rmSync(this.#image);
  }
}

/** Why it cannot be had here; null where it can. */
export function noSlowStorage(): string | null {
  if (process.getuid?.() !== 0) return 'loop devices and limits of storage need root';
  try {
    statSync(join(BLKIO, 'blkio.throttle.read_iops_device'));
    return null;
  } catch {
    return 'the blkio controller of cgroup v1, which makes storage slow, is not mounted';
  }
}

function run(program: string, ...args: string[]): string {
  return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}
