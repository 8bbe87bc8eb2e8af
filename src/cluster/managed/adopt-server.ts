import { awakeMinimum } from '../../capacity/acu.ts';
import type { LocalCluster } from './local-cluster.ts';
import { PostmasterProcess, isOurs } from './postmaster-process.ts';
import type { ServerRun } from './server-run.ts';

const PATIENCE_MS = 3_000;

/**
 * Finds the server that another process of ours has started; null where it is not there, or what is there is not it.
 * Then nothing is touched. One that is asleep stays so, and is asked nothing.
 */
export async function adoptServer(cluster: LocalCluster, isAsleep = false): Promise<ServerRun | null> {
  const { limits, runAs, spec } = cluster;
  const mark = spec.postmaster;
  if (mark === null || !isOurs(mark, runAs, spec.engine.installDir)) return null;
  // A group that is there must hold it; one that was removed underneath is made anew.
  if (await limits.exists()) {
    const pids = (await limits.open())?.pids() ?? [];
    if (pids.length > 0 && !pids.includes(mark.pid)) return null;
  }
  const group = await limits.open();
  await group?.enter(mark.pid);
  // Asleep under the eyes of a sentinel; else somebody died who would have thawed it.
  if (!isAsleep && group?.isFrozen() === true) await group.thaw();
  const stepAcu = (await cluster.files.writtenStepAcu()) ?? awakeMinimum(spec.minAcu);
  const inForce = limits.inForce();
  const acu = limits.capacityOf(inForce);
  const applied = acu === null ? null : { acu, ...inForce, settingsAcu: stepAcu };
  const run = cluster.attach(new PostmasterProcess(mark, null), stepAcu, applied);
  if (isAsleep) await run.hush();
  else await run.learnVersion(PATIENCE_MS);
  return run;
}
