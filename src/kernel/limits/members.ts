import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AirglowError } from '../../errors.ts';
import type { ControlFiles } from './control-files.ts';
import { parsePids } from './control-stat.ts';
import { processTree } from './process-tree.ts';
import { errorCode, refusal } from './refusal.ts';

/** Two looks are usual; a tree that forks faster than it can be moved is not a database. */
const MOST_ROUNDS = 100;
/** A process on its way out holds its group a moment longer, a large one some seconds. */
const REMOVAL_TIMEOUT_MS = 10_000;
const REMOVAL_PAUSE_MS = 20;

/** Processes of one folder. Opened anew each time: on v1 an open descriptor goes on showing an old list. */
export function membersOf(files: ControlFiles, folder: string): number[] {
  try {
    return parsePids(files.read(join(folder, 'cgroup.procs')));
  } catch {
    return [];
  }
}

/**
 * Moves a process and its descendants into the folders, one for each hierarchy. Descendants that are in `spared`
 * stay there. Raises LIMIT_REFUSED, GROUP_GONE.
 */
export async function moveTree(
  files: ControlFiles,
  pid: number,
  folders: readonly string[],
  spared: readonly string[],
): Promise<void> {
  checkPid(pid);
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const stay = new Set(spared.flatMap((folder) => membersOf(files, folder)).filter((one) => one !== pid));
    const tree = processTree(pid).filter((one) => !stay.has(one));
    let moved = 0;
    for (const folder of folders) {
      const inside = new Set(membersOf(files, folder));
      for (const one of tree) {
        if (inside.has(one)) continue;
        await moveOne(files, one, folder);
        moved++;
      }
    }
    if (moved === 0) return;
  }
  const why = `process ${pid} makes children faster than they can be moved, or they are moved out again`;
  throw new AirglowError(
    'LIMIT_REFUSED',
    `Not all processes could be put into ${folders[0]}: ${why}. Try again.`,
  );
}

/** A process that is gone needs no moving. Raises LIMIT_REFUSED, GROUP_GONE. */
export async function moveOne(files: ControlFiles, pid: number, folder: string): Promise<void> {
  checkPid(pid);
  const path = join(folder, 'cgroup.procs');
  try {
    await files.write(path, String(pid));
  } catch (error) {
    if (errorCode(error) !== 'ESRCH') throw refusal(files, path, String(pid), error);
  }
}

/** To the kernel 0 is whoever writes it, and 1 is everybody's parent. */
function checkPid(pid: number): void {
  if (Number.isInteger(pid) && pid > 1) return;
  throw new AirglowError('LIMIT_REFUSED', `${pid} is not a process that can be limited. Name a database's.`);
}

/** Removes a folder and those in it; what lives there moves to `home`. Raises LIMIT_REFUSED. */
export async function dissolve(files: ControlFiles, folder: string, home: string): Promise<void> {
  for (const name of files.folders(folder)) await dissolve(files, join(folder, name), home);
  const patienceEndsAt = performance.now() + REMOVAL_TIMEOUT_MS;
  while (files.exists(folder)) {
    for (const pid of membersOf(files, folder)) await moveOne(files, pid, home);
    try {
      await files.removeFolder(folder);
    } catch (error) {
      const code = errorCode(error);
      if (code === 'ENOENT') return;
      if (code !== 'EBUSY' || performance.now() > patienceEndsAt)
        throw refusal(files, folder, 'rmdir', error);
      await sleep(REMOVAL_PAUSE_MS);
    }
  }
}
