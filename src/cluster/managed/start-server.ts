import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { AirglowError } from '../../errors.ts';
import { processIdentity } from '../../kernel/process-identity.ts';
import type { Binaries } from '../binaries.ts';
import { logBytes } from '../log-tail.ts';
import { startFailure } from '../postmaster.ts';
import { stopInTime } from '../stop-signals.ts';
import { replaceFile } from './atomic-file.ts';
import { mustBeFree } from './choose-port.ts';
import { prepareSocketDir } from './cluster-folder.ts';
import { endLeftovers, forgetOldPidFile } from './leftovers.ts';
import type { LocalCluster } from './local-cluster.ts';
import type { PostmasterMark } from './model.ts';
import { commandLine } from './server-config.ts';
import { boundLog } from './server-log.ts';
import { startHeld } from './start-held.ts';
import type { HeldPostmaster } from './start-held.ts';
import type { ServerRun } from './server-run.ts';

const START_TIMEOUT_MS = 60_000;

/** Starts the server inside its limits. Raises POSTGRES_FAILED with the end of the log, PORT_IN_USE, LIMIT_REFUSED. */
export async function startServer(
  cluster: LocalCluster,
  binaries: Binaries,
  acu: number,
): Promise<ServerRun> {
  const { folder, runAs, limits, files, spec } = cluster;
  const group = await limits.open();
  if (group !== null) cluster.guard?.watchGroups(group.folders);
  await group?.thaw();
  await endLeftovers(folder, runAs, group);
  if (spec.postmaster !== null && isOfEarlierBoot(spec.postmaster)) await forgetOldPidFile(folder, runAs);
  await cluster.tempSpace.prepare();
  await mustBeFree(spec.port, spec.network.listen);
  await prepareSocketDir(folder, runAs);
  await boundLog(folder.logFile);
  const logFromByte = await logBytes(folder.logFile);
  const basis = cluster.basis();
  await files.writeConfig(spec, basis);
  await files.writeCapacity(acu, basis);
  const { optimizedReads } = spec;
  await cluster.save({ optimizedReads: { ...optimizedReads, startedTierBytes: basis.tierBytes } });
  const held = await hold(cluster, binaries, acu);
  const run = cluster.attach(held.process, acu, { acu, ...limits.inForce(), settingsAcu: acu });
  held.letGo();
  try {
    await run.untilReady(cluster.options.startTimeoutMs ?? START_TIMEOUT_MS);
  } catch (error) {
    const failure = await startFailure((error as Error).message, folder, spec.port, logFromByte);
    await run.close();
    await giveUp(cluster, held);
    throw failure;
  }
  await rememberGood(cluster);
  return run;
}

async function hold(cluster: LocalCluster, binaries: Binaries, acu: number): Promise<HeldPostmaster> {
  const { folder, runAs, limits, spec, guard } = cluster;
  const held = await startHeld(binaries.postgres, commandLine(spec, folder), folder, runAs);
  if (held === null) throw new AirglowError('POSTGRES_FAILED', 'PostgreSQL ended before it began.');
  try {
    guard?.watch(held.process.mark.pid, 'quit');
    await cluster.save({ postmaster: held.process.mark });
    await limits.group?.enter(held.process.mark.pid);
    await limits.set(limits.wantedFor(acu));
    return held;
  } catch (error) {
    await giveUp(cluster, held);
    throw error;
  }
}

async function giveUp(cluster: LocalCluster, held: HeldPostmaster): Promise<void> {
  await stopInTime(held.process, 'immediate', 5_000);
  await endLeftovers(cluster.folder, cluster.runAs, cluster.limits.group);
  cluster.guard?.forget();
  await cluster.save({ postmaster: null });
}

/** Identities begin with the boot. */
function isOfEarlierBoot({ identity }: PostmasterMark): boolean {
  const bootOf = (text: string): string => text.split(' ')[0] ?? '';
  return bootOf(identity) !== bootOf(processIdentity(process.pid) ?? '');
}

const parametersSchema = z.record(z.string(), z.string());

async function rememberGood(cluster: LocalCluster): Promise<void> {
  const text = JSON.stringify(cluster.spec.parameters);
  await replaceFile(cluster.folder.lastGoodFile, text, { mode: 0o600, gid: null, durable: true });
}

/**
 * Where the server does not start with the parameters as they are now, it is started with those of its last start: a
 * parameter that PostgreSQL refuses only then must not keep a database down. Raises as `start` does.
 */
export async function tryLastGood(
  cluster: LocalCluster,
  start: () => Promise<ServerRun>,
): Promise<ServerRun> {
  try {
    return await start();
  } catch (error) {
    if (!(error instanceof AirglowError) || error.code !== 'POSTGRES_FAILED') throw error;
    const wanted = cluster.spec.parameters;
    const good = await readGood(cluster);
    const changed = Object.keys({ ...wanted, ...good }).filter((name) => wanted[name] !== good?.[name]);
    if (good === null || changed.length === 0) throw error;
    await cluster.save({ parameters: good });
    const run = await start().catch(async () => {
      await cluster.save({ parameters: wanted });
      throw error;
    });
    cluster.options.log(
      `${cluster.spec.name} did not start with the new ${changed.join(', ')}; it runs with the parameters of before. ${error.message}`,
    );
    return run;
  }
}

async function readGood(cluster: LocalCluster): Promise<Record<string, string> | null> {
  try {
    return parametersSchema.parse(JSON.parse(await readFile(cluster.folder.lastGoodFile, 'utf8')));
  } catch {
    return null;
  }
}
