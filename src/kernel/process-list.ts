import { readdir, readlink } from 'node:fs/promises';

/** Processes whose working folder this is, as far as we may look. Empty where there is no /proc. */
export async function processesWorkingIn(folder: string): Promise<number[]> {
  const pids = (await readdir('/proc').catch((): string[] => [])).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => ((await workingFolder(pid)) === folder ? Number(pid) : null)),
  );
  return found.filter((pid) => pid !== null);
}

async function workingFolder(pid: string): Promise<string | null> {
  return readlink(`/proc/${pid}/cwd`).catch(() => null);
}
