import { readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { readText } from './process-reader.ts';

/** Effective user of a process; null where it is gone or there is no /proc. */
export function processUid(pid: number): number | null {
  const line = /^Uid:\s+\d+\s+(\d+)/m.exec(readText(`/proc/${pid}/status`) ?? '');
  return line === null ? null : Number(line[1]);
}

/** Processes of a user. Empty where there is no /proc. */
export function processesOf(uid: number): number[] {
  return listProcesses().filter((pid) => processUid(pid) === uid);
}

function listProcesses(): number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

/** The program that a process runs, by its path, also after an update has replaced the file. Null where nobody tells. */
export function processExecutable(pid: number): string | null {
  try {
    return readlinkSync(`/proc/${pid}/exe`).replace(/ \(deleted\)$/, '');
  } catch {
    return null;
  }
}

const OOM_SCORE_NAME = 'oom_score_adj';
const SPARED = -900;
/** A tenth of the limit: enough to decide between processes of one server, little against what else runs on the host. */
const SOONER_BY = 100;
const MOST_OOM_SCORE = 1000;

/** Asks the kernel to end other processes first when memory runs out. False where that is not allowed. */
export function spareFromOomKiller(pid: number): boolean {
  try {
    writeFileSync(`/proc/${pid}/${OOM_SCORE_NAME}`, String(SPARED));
    return true;
  } catch {
    // Only a service needs it; a container often may not.
    return false;
  }
}

/**
 * The score for the children of a process, so that the kernel ends one of them rather than the process. Where it could
 * be spared they are as everybody is; where not, they volunteer, which nobody has to allow.
 */
export function oomScoreOfChildren(pid: number, isSpared: boolean): number {
  if (isSpared) return 0;
  const own = Number(readText(`/proc/${pid}/${OOM_SCORE_NAME}`) ?? 0);
  return Math.min(own + SOONER_BY, MOST_OOM_SCORE);
}

/** Where a process states how much the kernel should spare it. */
export const OOM_SCORE_FILE = `/proc/self/${OOM_SCORE_NAME}`;
