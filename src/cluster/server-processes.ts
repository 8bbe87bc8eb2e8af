import { readdir, readlink } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Processes of the server with this data folder. All of them work in it, and keep doing so when their postmaster is
 * gone, which is how orphans are found. Empty where there is no /proc.
 */
export async function serverProcesses(dataDir: string): Promise<number[]> {
  const pids = (await readdir('/proc').catch((): string[] => [])).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => ((await workingFolder(pid)) === dataDir ? Number(pid) : null)),
  );
  return found.filter((pid) => pid !== null);
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

async function workingFolder(pid: string): Promise<string | null> {
  return readlink(`/proc/${pid}/cwd`).catch(() => null);
}
