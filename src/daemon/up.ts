import { resolve } from 'node:path';
import type { Access } from '../api/http/api-parts.ts';
import { AirglowError } from '../errors.ts';
import { isAnswering, requireShort } from './control-socket.ts';
import { readOrCreateToken } from './data-folder.ts';
import type { Fleet, FleetOptions, OpenFleet } from './fleet.ts';
import { FleetFollower } from './fleet-follower.ts';
import { requireFree } from './http-server.ts';
import { isLoopback, requireListenAddress } from './listen-address.ts';
import type { ListenAddress } from './listen-address.ts';
import { openHistory } from './open-history.ts';
import { startRecording } from './recording.ts';
import { serve } from './serving.ts';
import { ShutdownSteps } from './shutdown-steps.ts';
import { controlSocketOf, tokenFileOf } from './state-paths.ts';

export interface UpOptions extends Omit<FleetOptions, 'fastIntervalMs' | 'policy'> {
  readonly listen: ListenAddress;
  readonly retentionDays: number;
}

export interface Up {
  readonly url: string;
  readonly stateDir: string;
  readonly controlSocket: string;
  readonly tokenFile: string;
  readonly token: string;
  readonly fleet: Fleet;
  /** Records what is under way; databases run on, but for temporary ones. Calling it again waits for the same end. */
  stop(): Promise<void>;
}

/** The parts that tests replace to run without databases. */
export interface UpParts {
  readonly openFleet: (options: FleetOptions) => Promise<OpenFleet>;
  readonly openHistory: typeof openHistory;
}

const PARTS: UpParts = {
  openFleet: async (options) => await (await import('./serverless/open-fleet.ts')).openFleet(options),
  openHistory,
};

/**
 * Runs the databases of a state folder, records what they do and answers over HTTP and over the control socket, until
 * stopped. Raises INVALID_ARGUMENT, STATE_LOCKED, STATE_CORRUPT, STORE_LOCKED, STORE_CORRUPT, PORT_IN_USE.
 */
export async function runUp(options: UpOptions, parts: UpParts = PARTS): Promise<Up> {
  const stateDir = resolve(options.stateDir);
  const controlSocket = controlSocketOf(stateDir);
  requireListenAddress(options.listen);
  requireShort(controlSocket);
  await requireAlone(stateDir, controlSocket);
  // Before any database is touched.
  await requireFree(options.listen);
  const shutdown = new ShutdownSteps(options.log);
  try {
    const { url, token, fleet } = await start({ ...options, stateDir }, parts, controlSocket, shutdown);
    const stop = (): Promise<void> => shutdown.run();
    return { url, stateDir, controlSocket, tokenFile: tokenFileOf(stateDir), token, fleet, stop };
  } catch (error) {
    await shutdown.run();
    throw error;
  }
}

/** The fleet has a lock of its own; this says it better, and before the port is found taken. */
async function requireAlone(stateDir: string, controlSocket: string): Promise<void> {
  if (!(await isAnswering(controlSocket))) return;
  throw new AirglowError(
    'STATE_LOCKED',
    `airglow runs with the state folder ${stateDir} already; use it with airglow cluster, stop it, or choose another folder with --state`,
  );
}

async function start(
  options: UpOptions,
  parts: UpParts,
  controlSocket: string,
  shutdown: ShutdownSteps,
): Promise<Pick<Up, 'url' | 'token' | 'fleet'>> {
  const { listen, retentionDays, stateDir, log } = options;
  // First, since it holds the lock of the folder; closed before the record, which takes in its last words.
  const fleet = await parts.openFleet(fleetOptions(options));
  const closeFleet = once(() => fleet.close());
  shutdown.add('letting go of the databases', closeFleet);
  const access = await chooseAccess(stateDir, listen.host);
  const recording = await startRecording(
    { dataDir: stateDir, retentionDays, openHistory: parts.openHistory, log },
    shutdown,
  );
  const follower = new FleetFollower(fleet, recording.recorder);
  shutdown.add('letting go of the databases', async () => {
    await closeFleet();
    follower.close();
  });
  const { targets } = follower;
  const url = await serve(
    { listen, access, targets, recording, fleet, folder: stateDir, controlSocket, log },
    shutdown,
  );
  return { url, token: access.token, fleet };
}

function fleetOptions(options: UpOptions): FleetOptions {
  const { listen: _listen, retentionDays: _retentionDays, ...rest } = options;
  return rest;
}

/** Changes and the text of SQL need the token on loopback, too; anywhere else everything does. */
async function chooseAccess(stateDir: string, host: string): Promise<Access & { readonly token: string }> {
  const token = await readOrCreateToken(stateDir);
  return { kind: isLoopback(host) ? 'loopback' : 'token', token };
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | null = null;
  return () => (done ??= work());
}
