import { existsSync } from 'node:fs';
import { mkdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A cgroup (v1) with a postmaster and its children in it; removing it moves them back. */
export async function enclose(
  root: string,
  name: string,
  postmasterPid: number,
): Promise<{ path: string; remove(): Promise<void> }> {
  const path = join(root, `airglow-test-${name}-${process.pid}`);
  await mkdir(path, { recursive: true });
  const children = await readFile(`/proc/${postmasterPid}/task/${postmasterPid}/children`, 'utf8');
  for (const pid of [postmasterPid, ...children.split(' ').filter(Boolean).map(Number)])
    await move(pid, path);
  return {
    path,
    async remove() {
      for (let attempt = 0; existsSync(path); attempt++) {
        const inside = (await readFile(join(path, 'cgroup.procs'), 'utf8')).split('\n').filter(Boolean);
        for (const pid of inside) await move(Number(pid), root);
        // A process on its way out holds the group a moment longer.
        await rmdir(path).catch((error: unknown) => {
          if (attempt === 100) throw error;
        });
        await sleep(20);
      }
    },
  };
}

/** A process that has ended meanwhile needs no moving. */
async function move(pid: number, folder: string): Promise<void> {
  await writeFile(join(folder, 'cgroup.procs'), String(pid)).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ESRCH') throw error;
  });
}
