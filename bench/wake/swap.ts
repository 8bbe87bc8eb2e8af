import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';

const SIZE_MIB = 1024;

/** Whether this host has any. */
export function isSwapOn(): boolean {
  return readFileSync('/proc/swaps', 'utf8').trim().split('\n').length > 1;
}

/** Swap for this run only. Returns how to take it away, which whoever ends the process in whatever way gets done, too. */
export function turnSwapOn(path: string): () => void {
  let isOn = true;
  const takeAway = (): void => {
    if (!isOn) return;
    isOn = false;
    process.off('exit', takeAway);
    quietly(() => run('swapoff', path));
    rmSync(path, { force: true });
  };
  process.on('exit', takeAway);
  try {
    // Not `fallocate`: some file systems leave holes, and the kernel refuses those.
    run('dd', 'if=/dev/zero', `of=${path}`, 'bs=1M', `count=${SIZE_MIB}`, 'status=none');
    run('chmod', '600', path);
    run('mkswap', path);
    run('swapon', path);
  } catch (error) {
    takeAway();
    throw error;
  }
  return takeAway;
}

function run(program: string, ...args: string[]): void {
  execFileSync(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
}

function quietly(work: () => void): void {
  try {
    work();
  } catch {
    // It was not on yet.
  }
}
