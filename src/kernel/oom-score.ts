import { writeFileSync } from 'node:fs';
import { readText } from './process-reader.ts';

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
