import { randomBytes } from 'node:crypto';
import { rm, truncate, writeFile } from 'node:fs/promises';
import { awakeMinimum } from '../../capacity/acu.ts';
import type { Binaries } from '../binaries.ts';
import { Guard } from '../guard.ts';
import { initializeDataFolder } from '../initdb.ts';
import { chooseRunAs } from '../run-as.ts';
import type { RunAs } from '../run-as.ts';
import { bootstrapRoles } from './bootstrap.ts';
import { choosePort, mustBeFree } from './choose-port.ts';
import { writeSpec } from './cluster-file.ts';
import { makeClusterFolder, makeDataFolder } from './cluster-folder.ts';
import type { ClusterFolder } from './cluster-folder.ts';
import {
  checkCapacityRange,
  checkClusterName,
  checkPort,
  checkSecondsUntilAutoPause,
  checkTempSpace,
  DEFAULT_SECONDS_UNTIL_AUTO_PAUSE,
} from './cluster-options.ts';
import type { CreateClusterOptions } from './cluster-options.ts';
import { findEngine } from './engine-finder.ts';
import { ClusterLimits } from './cluster-limits.ts';
import type { ClusterNetwork, ClusterSpec } from './model.ts';
import { LOOPBACK, checkNetwork, readTlsFiles } from './network-options.ts';
import type { TlsFiles } from './network-options.ts';
import { planOsUser, prepareOsUser } from './os-user.ts';
import { checkOwnParameters } from './own-parameters.ts';
import { checkParameters } from './owned-settings.ts';
import { checkConfig } from './parameter-check.ts';
import { removeRemains } from './remove-cluster.ts';
import { makeSecrets, writeSecrets } from './secrets.ts';
import type { Secrets } from './secrets.ts';
import { ADMIN_ROLE, sizingBasis } from './server-config.ts';
import { ServerFiles } from './server-files.ts';
import { checkLocalStorage, diskRoom } from './temp-space/local-storage.ts';
import { checkTempSize } from './temp-space/temp-size.ts';
import { Turns } from './turns.ts';

/** A database that is whole and has never been started. */
export interface CreatedCluster {
  readonly spec: ClusterSpec;
  readonly folder: ClusterFolder;
  readonly runAs: RunAs;
  readonly secrets: Secrets;
  /** Of a temporary one. */
  readonly guard: Guard | null;
}

/**
 * Makes all of a database on disk. What is there of it when this fails is removed. Raises INVALID_ARGUMENT,
 * SETTING_REFUSED, CLUSTER_EXISTS, PORT_IN_USE, POSTGRES_NOT_FOUND, POSTGRES_FAILED.
 */
export async function createOnDisk(options: CreateClusterOptions): Promise<CreatedCluster> {
  checkClusterName(options.name);
  checkCapacityRange(options.minAcu, options.maxAcu);
  if (options.secondsUntilAutoPause !== undefined) checkSecondsUntilAutoPause(options.secondsUntilAutoPause);
  checkTempSpace(options.tempSpaceBytes ?? null, options.localStorage ?? null);
  const tls = await readTlsFiles(options.tlsCertFile, options.tlsKeyFile);
  const { spec, folder, binaries } = await planning.take(() => makePlan(options, tls !== null));
  const guard = options.temporary === true ? new Guard(folder.path) : null;
  if (!folder.socketDir.startsWith(folder.path)) guard?.watchFolder(folder.socketDir);
  try {
    const runAs = await prepareOsUser(spec.osUser);
    const secrets = await fillFolder(options, { spec, folder, runAs, binaries, guard, tls });
    await rm(folder.incompleteFile);
    return { spec, folder, runAs, secrets, guard };
  } catch (error) {
    const limits = new ClusterLimits(options.limits, spec.id, options.shape);
    await removeRemains(folder, spec, limits).catch((failure: Error) =>
      options.log(`Not all of ${spec.name} could be removed: ${failure.message}`),
    );
    await guard?.dismiss();
    throw error;
  }
}

/** Two at the same time would choose the same port. */
const planning = new Turns();

interface Plan {
  readonly spec: ClusterSpec;
  readonly folder: ClusterFolder;
  readonly binaries: Binaries;
}

/** Who it is, on disk already: from here on it can be removed again, whatever happens. */
async function makePlan(options: CreateClusterOptions, tls: boolean): Promise<Plan> {
  // As far as the programs are concerned every other user is like every other.
  const anyUser = await chooseRunAs();
  const { engine, binaries } = await findEngine(anyUser, options.engineMajor, options.installDir);
  const network: ClusterNetwork = {
    listen: options.network?.listen ?? LOOPBACK,
    allow: options.network?.allow ?? [],
    tls,
  };
  checkNetwork(network, engine);
  if (options.localStorage !== undefined) await checkStorage(options.localStorage, options, anyUser);
  if (options.port !== undefined) checkPort(options.port);
  const temporary = options.temporary ?? false;
  const port = options.port ?? (await choosePort(options.clustersDir, network.listen, temporary));
  await mustBeFree(port, network.listen);
  const id = randomBytes(6).toString('hex');
  const spec: ClusterSpec = {
    name: options.name,
    id,
    createdAtMs: Date.now(),
    engine,
    port,
    network,
    minAcu: options.minAcu,
    maxAcu: options.maxAcu,
    secondsUntilAutoPause: options.secondsUntilAutoPause ?? DEFAULT_SECONDS_UNTIL_AUTO_PAUSE,
    ignoreActivity: options.ignoreActivity ?? [],
    parameters: checkParameters(options.parameters ?? {}),
    optimizedReads: {
      localStorage: options.localStorage ?? null,
      tempSpaceBytes: options.tempSpaceBytes ?? null,
      tieredCacheBytes: options.tieredCacheBytes ?? 0,
      startedTierBytes: 0,
    },
    osUser: await planOsUser(temporary ? 'shared' : (options.osUsers ?? 'shared'), id),
    wanted: 'stopped',
    postmaster: null,
  };
  checkOwnParameters(null, spec);
  if (engine.source === 'bundled') {
    options.log(
      `PostgreSQL ${engine.major} is not installed, so ${spec.name} runs on the bundled ${binaries.version}, on loopback only.`,
    );
  }
  const folder = await makeClusterFolder(options.clustersDir, spec.name, anyUser.ids);
  await writeFile(folder.incompleteFile, '', { mode: 0o600 });
  await writeSpec(folder.path, spec);
  return { spec, folder, binaries };
}

/** Raises LOCAL_STORAGE_UNUSABLE, INVALID_ARGUMENT. */
async function checkStorage(path: string, options: CreateClusterOptions, anyUser: RunAs): Promise<void> {
  const { stateDir, clustersDir, tempSpaceBytes } = options;
  const { realPath } = await checkLocalStorage(path, stateDir ?? clustersDir, anyUser);
  if (tempSpaceBytes !== undefined) checkTempSize(path, tempSpaceBytes, await diskRoom(realPath));
}

interface Contents {
  readonly spec: ClusterSpec;
  readonly folder: ClusterFolder;
  readonly runAs: RunAs;
  readonly binaries: Binaries;
  readonly guard: Guard | null;
  readonly tls: TlsFiles | null;
}

async function fillFolder(options: CreateClusterOptions, contents: Contents): Promise<Secrets> {
  const { spec, folder, runAs, binaries, guard, tls } = contents;
  const basis = sizingBasis(spec, options.shape, options.host, (options.tier?.sizeBytes ?? 0) > 0);
  const files = new ServerFiles(folder, runAs);
  if (tls !== null) await files.writeTls(tls);
  await writeFile(folder.logFile, '', { mode: 0o600 });
  await files.writeCapacity(awakeMinimum(spec.minAcu), basis);
  await makeDataFolder(folder, runAs);
  const secrets = makeSecrets();
  await initializeDataFolder(binaries, folder, runAs, guard, {
    superuser: ADMIN_ROLE,
    password: secrets.adminPassword,
    temporary: options.temporary ?? false,
    extraArgs: initdbArgs(spec.engine.major),
  });
  await writeSecrets(folder.secretFile, secrets);
  await files.writeConfig(spec, basis);
  await checkConfig(binaries, runAs, folder, folder.configFile);
  await bootstrapRoles(binaries, folder, runAs, secrets, guard);
  // What initdb said is about a server that one starts oneself.
  await truncate(folder.logFile);
  return secrets;
}

/** Texts are ordered by their bytes: the rules of the system's library may change under an index. */
function initdbArgs(major: number): string[] {
  const checksums = ['--data-checksums'];
  return major >= 17 ? [...checksums, '--locale-provider=builtin', '--builtin-locale=C.UTF-8'] : checksums;
}
