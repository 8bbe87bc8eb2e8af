import type { Access } from '../api/http/api-parts.ts';
import { AirglowError } from '../errors.ts';
import type { History } from '../history/history.ts';
import { newToken, prepareDataFolder, readOrCreateToken } from './data-folder.ts';
import { isLoopback, requireListenAddress } from './listen-address.ts';
import type { ListenAddress } from './listen-address.ts';
import type { Observer } from './observer.ts';
import { openHistory } from './open-history.ts';
import { createObserver } from './postgres-observer.ts';
import type { Recorder } from './recorder.ts';
import { startRecording } from './recording.ts';
import { serve } from './serving.ts';
import { ShutdownSteps } from './shutdown-steps.ts';
import { TargetRegistry } from './target-registry.ts';
import { nameTargets } from './target-name.ts';

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
  /** Needed for the text of SQL; in every request when the address is not loopback. */
  readonly token: string;
  /** Records what is under way and leaves nothing running. Calling it again waits for the same end. */
  stop(): Promise<void>;
}

/** The parts that tests replace to watch without a database. */
export interface WatchParts {
  readonly createObserver: (options: { url: string; target: string; intervalMs: number }) => Observer;
  readonly openHistory: (options: { dataDir: string | null; retentionDays: number }) => Promise<History>;
}

const PARTS: WatchParts = { createObserver, openHistory };

type AccessByToken = Access & { readonly token: string };

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
    const url = await start(options, parts, names, access, shutdown);
    return { url, token: access.token, stop: () => shutdown.run() };
  } catch (error) {
    await shutdown.run();
    throw error;
  }
}

/** The text of SQL needs the token on loopback, too; anywhere else everything does. */
async function chooseAccess({ listen: { host }, dataDir, log }: WatchOptions): Promise<AccessByToken> {
  if (dataDir === null) {
    if (isLoopback(host)) return { kind: 'loopback', token: newToken() };
    const message = `listening on ${host} needs a token, and a token needs a data folder: give one with --data`;
    throw new AirglowError('INVALID_ARGUMENT', message);
  }
  await prepareDataFolder(dataDir);
  const token = await readOrCreateToken(dataDir);
  if (isLoopback(host)) return { kind: 'loopback', token };
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
): Promise<string> {
  const { dataDir, retentionDays, log } = options;
  const recording = await startRecording(
    { dataDir, retentionDays, openHistory: parts.openHistory, log },
    shutdown,
  );
  const { registry, observers } = watchTargets(options, parts, names, recording.recorder, shutdown);
  const { listen } = options;
  const url = await serve({ listen, access, targets: registry, recording, folder: dataDir, log }, shutdown);
  for (const observer of observers) observer.start();
  return url;
}

function watchTargets(
  { targets, intervalMs, log }: WatchOptions,
  { createObserver: create }: WatchParts,
  names: readonly string[],
  recorder: Recorder,
  shutdown: ShutdownSteps,
): { readonly registry: TargetRegistry; readonly observers: readonly Observer[] } {
  const registry = new TargetRegistry((observer) => recorder.attach(observer));
  registry.subscribe((target, message) => {
    if (message.kind === 'event') log(`${target}: ${message.event.message}`);
  });
  const observers = targets.map(({ url }, index) => create({ url, target: names[index]!, intervalMs }));
  for (const observer of observers) registry.add(observer);
  shutdown.add('stopping to observe', async () => {
    await Promise.all(observers.map((observer) => observer.stop()));
    registry.close();
  });
  return { registry, observers };
}
