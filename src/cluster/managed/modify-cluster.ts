import { AirglowError } from '../../errors.ts';
import type { Binaries } from '../binaries.ts';
import { checkCapacityRange, checkSecondsUntilAutoPause, checkTempSpace } from './cluster-options.ts';
import type { LocalCluster } from './local-cluster.ts';
import type { ClusterChange, ClusterNetwork, ClusterSpec, OptimizedReads } from './model.ts';
import { checkNetwork, readTlsFiles } from './network-options.ts';
import { checkOwnParameters } from './own-parameters.ts';
import { checkName, checkParameters } from './owned-settings.ts';
import { checkConfig, checkLibraries, checkReloaded } from './parameter-check.ts';
import { sizingBasis } from './server-config.ts';
import type { ServerRun } from './server-run.ts';
import { checkNewTempSize } from './temp-space/temp-size.ts';

const ANSWER_TIMEOUT_MS = 10_000;

/**
 * Changes a database as a whole or not at all: what PostgreSQL does not take is put back as it was. Raises
 * INVALID_ARGUMENT, SETTING_REFUSED, LOCAL_STORAGE_UNUSABLE.
 */
export async function modifyCluster(
  cluster: LocalCluster,
  run: ServerRun | null,
  binaries: Binaries,
  change: ClusterChange,
): Promise<void> {
  const tls = await readTlsFiles(change.network?.tlsCertFile, change.network?.tlsKeyFile);
  const spec = changedSpec(cluster.spec, change, tls !== null);
  const hasTier = (cluster.options.tier?.sizeBytes ?? 0) > 0;
  const basis = sizingBasis(spec, cluster.shape, cluster.options.host, hasTier);
  checkOwnParameters(cluster.spec, spec);
  await checkNewTempSize(cluster.spec, spec, cluster.folder.path);
  await cluster.tempSpace.refresh(run);
  const putBack = await cluster.files.remember();
  try {
    if (tls !== null) await cluster.files.writeTls(tls);
    await cluster.files.withCandidate(spec, basis, (path) =>
      checkConfig(binaries, cluster.runAs, cluster.folder, path),
    );
    if (run !== null) await checkNewLibraries(cluster, spec);
    await cluster.files.writeConfig(spec, basis);
    if (run !== null) {
      run.process.signal('SIGHUP');
      await checkTaken(run);
    }
    await cluster.tempSpace.turn(spec, run);
    await cluster.save(spec);
  } catch (error) {
    await putBack();
    run?.process.signal('SIGHUP');
    await cluster.tempSpace.turn(cluster.spec, run).catch(() => {});
    throw error;
  }
  // Sizes that follow capacity may be bounded otherwise now.
  await run?.settings.again();
}

function changedSpec(spec: ClusterSpec, change: ClusterChange, hasNewTls: boolean): ClusterSpec {
  const [minAcu, maxAcu] = [change.minAcu ?? spec.minAcu, change.maxAcu ?? spec.maxAcu];
  checkCapacityRange(minAcu, maxAcu);
  if (change.secondsUntilAutoPause !== undefined) checkSecondsUntilAutoPause(change.secondsUntilAutoPause);
  const network: ClusterNetwork = {
    listen: change.network?.listen ?? spec.network.listen,
    allow: change.network?.allow ?? spec.network.allow,
    tls: change.network?.tls ?? (spec.network.tls || hasNewTls),
  };
  if (network.tls && !spec.network.tls && !hasNewTls)
    throw new AirglowError('INVALID_ARGUMENT', 'TLS needs a certificate and its key. Name both files.');
  checkNetwork(network, spec.engine);
  return {
    ...spec,
    minAcu,
    maxAcu,
    secondsUntilAutoPause: change.secondsUntilAutoPause ?? spec.secondsUntilAutoPause,
    ignoreActivity: change.ignoreActivity ?? spec.ignoreActivity,
    network,
    optimizedReads: changedOptimizedReads(spec, change),
    parameters: changedParameters(spec, change.parameters ?? {}),
  };
}

function changedOptimizedReads({ optimizedReads }: ClusterSpec, change: ClusterChange): OptimizedReads {
  const { tempSpaceBytes, tieredCacheBytes } = change;
  const localStorage = change.localStorage === undefined ? optimizedReads.localStorage : change.localStorage;
  checkTempSpace(tempSpaceBytes ?? null, localStorage);
  return {
    localStorage,
    tempSpaceBytes: tempSpaceBytes === undefined ? optimizedReads.tempSpaceBytes : tempSpaceBytes,
    tieredCacheBytes: tieredCacheBytes ?? optimizedReads.tieredCacheBytes,
    startedTierBytes: optimizedReads.startedTierBytes,
  };
}

/** Null takes a parameter back to its default. */
function changedParameters(
  { parameters }: ClusterSpec,
  change: NonNullable<ClusterChange['parameters']>,
): Record<string, string> {
  const gone = new Set(Object.keys(change).map(checkName));
  const kept = Object.entries(parameters).filter(([name]) => !gone.has(name));
  const given = Object.entries(change).flatMap(([name, value]) =>
    value === null ? [] : [[name, value] as const],
  );
  return { ...Object.fromEntries(kept), ...checkParameters(Object.fromEntries(given)) };
}

async function checkNewLibraries(cluster: LocalCluster, spec: ClusterSpec): Promise<void> {
  const libraries = spec.parameters['shared_preload_libraries'] ?? '';
  if (libraries === (cluster.spec.parameters['shared_preload_libraries'] ?? '')) return;
  await checkLibraries(cluster.socketUrl(), libraries, ANSWER_TIMEOUT_MS);
}

/** A server that gives no answer takes its settings when it comes to it; they were checked without it. */
async function checkTaken(run: ServerRun): Promise<void> {
  try {
    await checkReloaded(run.session, ANSWER_TIMEOUT_MS);
  } catch (error) {
    if (error instanceof AirglowError && error.code === 'SETTING_REFUSED') throw error;
  }
}
