import { createApi } from '../api/http/create-api.ts';
import type { Access, WatchedTarget } from '../api/http/api-parts.ts';
import { LoadMeter } from '../api/http/load-meter.ts';
import { AirglowError } from '../errors.ts';
import type { History } from '../history/history.ts';
import { prepareDataFolder, readOrCreateToken } from './data-folder.ts';
import { removeEndpoint, writeEndpoint } from './endpoint-file.ts';
import { listen } from './http-server.ts';
import type { ListeningServer } from './http-server.ts';
import { isLoopback, requireListenAddress } from './listen-address.ts';
import type { ListenAddress } from './listen-address.ts';
import { startMaintenance } from './maintenance.ts';
import type { Observer } from './observer.ts';
import { openHistory } from './open-history.ts';
import { createObserver } from './postgres-observer.ts';
import { Recorder } from './recorder.ts';
import { ShutdownSteps } from './shutdown-steps.ts';
import { nameTargets } from './target-name.ts';
import { readVersion } from './version.ts';

export interface WatchOptions {
  readonly targets: readonly { readonly name?: string; readonly url: string }[];
  readonly listen: ListenAddress;
  /** Where the record and the token are kept; null keeps the record in memory. */
  readonly dataDir: string | null;
  readonly intervalMs: number;
  readonly retentionDays: number;
  /** Lines for people; without secrets. */
  readonly log: (line: string) => void;
}

export interface Watch {
  readonly url: string;
  /** Needed in every request when the address is not loopback; else null. */
  readonly token: string | null;
  /** Records what is under way and leaves nothing running. Calling it again waits for the same end. */
  stop(): Promise<void>;
}

/** The parts that tests replace to watch without a database. */
export interface WatchParts {
  readonly createObserver: (options: { url: string; target: string; intervalMs: number }) => Observer;
  readonly openHistory: (options: { dataDir: string | null; retentionDays: number }) => Promise<History>;
}

const PARTS: WatchParts = { createObserver, openHistory };

/**
 * Observes the targets, records what they do and answers over HTTP, until stopped. A database that cannot be reached
 * is tried again for ever, so it is no reason to fail.
 * Raises INVALID_ARGUMENT, INVALID_URL, STORE_LOCKED, STORE_CORRUPT, PORT_IN_USE.
 */
export async function runWatch(options: WatchOptions, parts: WatchParts = PARTS): Promise<Watch> {
  requireListenAddress(options.listen);
  const names = nameTargets(options.targets);
  const access = await chooseAccess(options);
  const shutdown = new ShutdownSteps(options.log);
  try {
    const server = await start(options, parts, names, access, shutdown);
    const token = access.kind === 'token' ? access.token : null;
    return { url: server.url, token, stop: () => shutdown.run() };
  } catch (error) {
    await shutdown.run();
    throw error;
  }
}

async function chooseAccess({ listen: { host }, dataDir, log }: WatchOptions): Promise<Access> {
  if (dataDir !== null) await prepareDataFolder(dataDir);
  if (isLoopback(host)) return { kind: 'loopback' };
  if (dataDir === null) {
    const message = `listening on ${host} needs a token, and a token needs a data folder: give one with --data`;
    throw new AirglowError('INVALID_ARGUMENT', message);
  }
  const token = await readOrCreateToken(dataDir);
  log(`every request needs the token in ${dataDir}/token`);
  return { kind: 'token', token };
}

/** Starts from the store outwards; what is to be undone is said to `shutdown`, which goes backwards. */
async function start(
  options: WatchOptions,
  parts: WatchParts,
  names: readonly string[],
  access: Access,
  shutdown: ShutdownSteps,
): Promise<ListeningServer> {
  const { dataDir, retentionDays, log } = options;
  const history = await parts.openHistory({ dataDir, retentionDays });
  shutdown.add('closing the history', () => history.close());
  const maintenance = startMaintenance({ history, now: Date.now, log });
  shutdown.add('stopping the maintenance', () => maintenance.stop());
  const recorder = new Recorder({ history, log });
  shutdown.add('recording what is under way', () => recorder.stop());
  const targets = watchTargets(options, parts, names, recorder, shutdown);
  const closing = new AbortController();
  const startedAtMs = Date.now();
  const api = createApi({
    targets,
    history,
    recorder,
    access,
    version: readVersion(),
    startedAtMs,
    now: Date.now,
    closing: closing.signal,
    log,
  });
  const server = await listen(api, options.listen);
  shutdown.add('closing the server', () => {
    closing.abort();
    return server.close();
  });
  if (dataDir !== null) {
    shutdown.add('removing the endpoint file', () => removeEndpoint(dataDir));
    await writeEndpoint(dataDir, { pid: process.pid, url: server.url, startedAtMs });
  }
  for (const { observer } of targets) observer.start();
  return server;
}

function watchTargets(
  { targets, intervalMs, log }: WatchOptions,
  { createObserver: create }: WatchParts,
  names: readonly string[],
  recorder: Recorder,
  shutdown: ShutdownSteps,
): WatchedTarget[] {
  const watched = targets.map(({ url }, index) => {
    const observer = create({ url, target: names[index]!, intervalMs });
    recorder.attach(observer);
    observer.subscribe((message) => {
      if (message.kind === 'event') log(`${observer.target}: ${message.event.message}`);
    });
    return { observer, meter: new LoadMeter(observer) };
  });
  shutdown.add('stopping to observe', async () => {
    await Promise.all(watched.map(({ observer }) => observer.stop()));
    for (const { meter } of watched) meter.close();
  });
  return watched;
}
