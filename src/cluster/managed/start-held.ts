import { OOM_SCORE_FILE, oomScoreOfChildren, spareFromOomKiller } from '../../kernel/oom-score.ts';
import { startChild } from '../child.ts';
import type { RunAs } from '../run-as.ts';
import type { ClusterFolder } from './cluster-folder.ts';
import { PostmasterProcess } from './postmaster-process.ts';

/** Waits for a line, then becomes the program. Should we die first the pipe closes, and it ends. */
const HOLD = 'read -r PG_OOM_ADJUST_VALUE && export PG_OOM_ADJUST_VALUE && exec "$@" </dev/null';

export interface HeldPostmaster {
  readonly process: PostmasterProcess;
  /** From now on it is the postmaster. */
  letGo(): void;
}

/**
 * A postmaster that has not begun yet, with the number and the identity that it will keep. Memory counts for the group
 * of who touches it first, so the process is put into its groups before it is PostgreSQL. Null where it ended at once.
 */
export async function startHeld(
  program: string,
  args: readonly string[],
  folder: ClusterFolder,
  runAs: RunAs,
): Promise<HeldPostmaster | null> {
  const env = { PG_OOM_ADJUST_FILE: OOM_SCORE_FILE };
  const shellArgs = ['-c', HOLD, 'sh', program, ...args];
  const child = await startChild('/bin/sh', shellArgs, folder, runAs, { stdin: 'pipe', env });
  // Who ends early does not read.
  child.process.stdin?.on('error', () => {});
  const process = PostmasterProcess.ofChild(child);
  if (process === null) return null;
  const childScore = oomScoreOfChildren(child.pid, spareFromOomKiller(child.pid));
  return { process, letGo: () => child.process.stdin?.end(`${childScore}\n`) };
}
