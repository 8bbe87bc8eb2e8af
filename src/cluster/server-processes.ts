import { setTimeout as sleep } from 'node:timers/promises';
import { processesWorkingIn } from '../kernel/process-list.ts';

/**
 * Processes of the server with this data folder. All of them work in it, and keep doing so when their postmaster is
 * gone, which is how orphans are found. Empty where there is no /proc.
 */
export async function serverProcesses(dataDir: string): Promise<number[]> {
  return processesWorkingIn(dataDir);
}

/** Ends what a dead postmaster left behind: asked first, forced after `graceMs`. */
export async function endOrphans(dataDir: string, graceMs: number): Promise<void> {
  const patienceEndsAt = performance.now() + graceMs;
  for (let round = 0; ; round++) {
    const pids = await serverProcesses(dataDir);
    if (pids.length === 0) return;
    const signal = performance.now() < patienceEndsAt ? 'SIGQUIT' : 'SIGKILL';
    for (const pid of pids) if (round > 0) trySignal(pid, signal);
    await sleep(50);
  }
}

/** False when the process is already gone. */
export function trySignal(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
