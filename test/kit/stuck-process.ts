import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readProcessStat } from '../../src/kernel/process-reader.ts';
import { slowDown } from './slow-disk.ts';
import { waitFor } from './wait-for.ts';

const BYTES = 8 * 1024 ** 2;
/** One read takes a minute. */
const BYTES_PER_SECOND = BYTES / 60;

/** A process in an uninterruptible wait for a disk, until it is released. The reason, where that is not possible. */
export async function startStuckProcess(
  enter: (pid: number) => Promise<void>,
): Promise<{ release(): Promise<void> } | string> {
  const path = join(tmpdir(), `airglow-stuck-${process.pid}`);
  const file = await open(path, 'w');
  await file.write(Buffer.alloc(BYTES));
  await file.sync();
  await file.close();
  const read = 'read go && exec dd iflag=direct bs=8M count=1 of=/dev/null if="$0"';
  const child = spawn('sh', ['-c', read, path], { stdio: ['pipe', 'ignore', 'ignore'] });
  const gone = once(child, 'close');
  const pid = child.pid ?? 0;
  const slow = await slowDown('stuck', pid, tmpdir(), BYTES_PER_SECOND);
  const release = async (): Promise<void> => {
    child.kill('SIGKILL');
    if (typeof slow === 'object') await slow.remove();
    await gone;
    await rm(path, { force: true });
  };
  try {
    if (typeof slow === 'string') throw new Error(slow);
    await enter(pid);
    child.stdin.write('go\n');
    await waitFor(() => readProcessStat(pid)?.state === 'D', { what: 'a read that waits', timeoutMs: 5_000 });
    return { release };
  } catch (error) {
    await release();
    return error instanceof Error ? error.message : String(error);
  }
}
