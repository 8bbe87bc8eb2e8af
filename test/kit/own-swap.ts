import { execFile } from 'node:child_process';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const MIB = 1024 ** 2;
/** Before other areas of the host, unless somebody insists. */
const PRIORITY = '100';

/** Swap of a test's own. */
export interface OwnSwap {
  remove(): Promise<void>;
}

/** Turns on a new swap area; why that cannot be, where it is refused. */
export async function turnOnSwap(bytes: number): Promise<OwnSwap | string> {
  const folder = await mkdtemp(join(tmpdir(), 'airglow-swap-'));
  const file = join(folder, 'swap');
  let device: string | null = null;
  const removeFile = async (): Promise<void> => {
    if (device !== null) await run('losetup', ['-d', device]);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await writeZeros(file, bytes);
    await run('mkswap', [file]);
    const area = await run('swapon', ['-p', PRIORITY, file]).then(
      () => file,
      async () => {
        // Not every file system can hold swap; a loop device can.
        device = (await run('losetup', ['--find', '--show', file])).stdout.trim();
        await run('swapon', ['-p', PRIORITY, device]);
        return device;
      },
    );
    return {
      async remove() {
        await run('swapoff', [area]);
        await removeFile();
      },
    };
  } catch (error) {
    await removeFile();
    return `no swap can be turned on: ${(error as Error).message.trim()}`;
  }
}

async function writeZeros(path: string, bytes: number): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  const zeros = Buffer.alloc(MIB);
  for (let at = 0; at < bytes; at += MIB) await file.write(zeros);
  await file.sync();
  await file.close();
}
