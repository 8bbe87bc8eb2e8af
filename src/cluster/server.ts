import { randomBytes } from 'node:crypto';
import { AirglowError } from '../errors.ts';
import { prepareBinaries } from './binaries.ts';
import type { Binaries } from './binaries.ts';
import type { Child } from './child.ts';
import { releaseSharedMemory } from './crash-remains.ts';
import { findFreePort, isPortFree } from './free-port.ts';
import { Guard } from './guard.ts';
import { initializeDataFolder, SUPERUSER } from './initdb.ts';
import { createStatStatements, hasEnded, startPostmaster, stopPostmaster, untilReady } from './postmaster.ts';
import type { StopMode } from './postmaster.ts';
import { chooseRunAs } from './run-as.ts';
import type { RunAs } from './run-as.ts';
import { createServerFolder, removeServerFolder, writeConfig } from './server-folder.ts';
import type { ServerFolder } from './server-folder.ts';
import { serverProcesses, trySignal } from './server-processes.ts';
import { renderSettings } from './server-settings.ts';
import type { Settings } from './server-settings.ts';

export type { Settings } from './server-settings.ts';
export type { StopMode } from './postmaster.ts';

export interface StartPostgresOptions {
  /** Folder with bin/, lib/ and share/; the bundled PostgreSQL unless told otherwise. */
  readonly installDir?: string;
  /** On 127.0.0.1; 0, the default, takes a free one. */
  readonly port?: number;
  readonly settings?: Settings;
  /** Preloads pg_stat_statements and creates the extension in the database `postgres`. */
  readonly statStatements?: boolean;
  /** Where the temporary folder is made; the system's own unless told otherwise. */
  readonly parentDir?: string;
  /** 60 s unless told otherwise; for one start, initdb not counted. */
  readonly startTimeoutMs?: number;
}

export interface StopOptions {
  /** Keeps the folder, so that `start()` can go on with the same data. */
  readonly keepData?: boolean;
  /** After this time in one mode the next harsher one is used, SIGKILL in the end; 30 s unless told otherwise. */
  readonly patienceMs?: number;
}

/** How often another free port is tried when somebody takes the one just found. */
const PORT_ATTEMPTS = 5;

/**
 * Starts a PostgreSQL in a new temporary folder: own superuser `postgres` with a random SCRAM password, on 127.0.0.1
 * and a Unix socket in that folder. Resolves when it accepts connections. As root it runs as another system user.
 * Should this process die without calling `stop()`, even by kill -9, the server ends and its folder goes.
 * Raises AirglowError: POSTGRES_NOT_FOUND, POSTGRES_FAILED, PORT_IN_USE.
 */
export async function startPostgres(options: StartPostgresOptions = {}): Promise<RunningPostgres> {
  const port = options.port ?? 0;
  if (port !== 0 && !(await isPortFree(port))) {
    throw new AirglowError(
      'PORT_IN_USE',
      `Port ${port} on 127.0.0.1 is taken. Choose another one, or none at all.`,
    );
  }
  const runAs = await chooseRunAs();
  const binaries = await prepareBinaries(runAs, options.installDir);
  const folder = await createServerFolder(runAs, options.parentDir);
  const server = new RunningPostgres(options, runAs, binaries, folder);
  try {
    await server.initialize();
    return server;
  } catch (error) {
    await server.stop('immediate');
    throw error;
  }
}

export class RunningPostgres {
  readonly #options: StartPostgresOptions;
  readonly #runAs: RunAs;
  readonly #binaries: Binaries;
  readonly #folder: ServerFolder;
  readonly #guard: Guard;
  readonly #password = randomBytes(18).toString('base64url');
  #port: number;
  #child: Child | null = null;
  /** The last postmaster ended by a signal that it could not clean up after. */
  #crashed = false;

  /** For {@link startPostgres}. */
  constructor(options: StartPostgresOptions, runAs: RunAs, binaries: Binaries, folder: ServerFolder) {
    this.#options = options;
    this.#runAs = runAs;
    this.#binaries = binaries;
    this.#folder = folder;
    this.#port = options.port ?? 0;
    this.#guard = new Guard(folder.path);
  }

  /** For {@link startPostgres}: the first start, on a port that nobody else has. */
  async initialize(): Promise<void> {
    const settings = { superuser: SUPERUSER, password: this.#password, temporary: true };
    await initializeDataFolder(this.#binaries, this.#folder, this.#runAs, this.#guard, settings);
    const chosen = this.#port !== 0;
    for (let attempt = 1; ; attempt++) {
      if (!chosen) this.#port = await findFreePort();
      try {
        await this.start();
        break;
      } catch (error) {
        const taken = error instanceof AirglowError && error.code === 'PORT_IN_USE';
        if (!taken || chosen || attempt === PORT_ATTEMPTS) throw error;
      }
    }
    if (this.#options.statStatements === true) await createStatStatements(this.socketUrl);
  }

  /** Of the superuser, over TCP. Holds the password: not for logs. */
  get url(): string {
    return this.urlFor({});
  }

  /** Of the superuser, over the Unix socket. Holds the password. */
  get socketUrl(): string {
    return `${this.url}?host=${encodeURIComponent(this.#folder.socketDir)}`;
  }

  /** The TCP address for another role or database. */
  urlFor(who: { user?: string; password?: string; database?: string }): string {
    const user = encodeURIComponent(who.user ?? SUPERUSER);
    const password = encodeURIComponent(who.password ?? this.#password);
    const database = encodeURIComponent(who.database ?? 'postgres');
    return `postgresql://${user}:${password}@127.0.0.1:${this.#port}/${database}`;
  }

  get port(): number {
    return this.#port;
  }

  get dataDir(): string {
    return this.#folder.dataDir;
  }

  /** Holds everything of this server; removed by `stop()`. */
  get folder(): string {
    return this.#folder.path;
  }

  get socketDir(): string {
    return this.#folder.socketDir;
  }

  get logFile(): string {
    return this.#folder.logFile;
  }

  get installDir(): string {
    return this.#binaries.installDir;
  }

  /** `18.4` */
  get version(): string {
    return this.#binaries.version;
  }

  /** The operating system's user that it runs as. */
  get osUser(): RunAs {
    return this.#runAs;
  }

  get isRunning(): boolean {
    return this.#child !== null && !hasEnded(this.#child);
  }

  /** Raises POSTGRES_FAILED while the server is stopped. */
  get postmasterPid(): number {
    if (this.#child === null) throw new AirglowError('POSTGRES_FAILED', 'The server is stopped.');
    return this.#child.pid;
  }

  /** Postmaster and children; empty where there is no /proc. */
  async processes(): Promise<number[]> {
    return serverProcesses(this.#folder.dataDir);
  }

  /** Resolves when the postmaster of this start is gone, for whatever reason. */
  async exited(): Promise<void> {
    await this.#child?.exited;
  }

  /** Starts it again after `stop(mode, { keepData: true })` or a crash: same data, port and password. */
  async start(): Promise<void> {
    if (this.isRunning) return;
    if (this.#child !== null) await this.#end('immediate', 0);
    const statStatements = this.#options.statStatements ?? false;
    const place = { port: this.#port, socketDir: this.#folder.socketDir, statStatements };
    await writeConfig(this.#folder, renderSettings(place, this.#options.settings ?? {}));
    this.#child = await startPostmaster(this.#binaries, this.#folder, this.#runAs, this.#guard);
    const timeoutMs = this.#options.startTimeoutMs ?? 60_000;
    await untilReady(this.#child, this.#folder, this.socketUrl, this.#port, timeoutMs);
  }

  /** Stops and starts it: same data, port and password. */
  async restart(mode: StopMode = 'fast'): Promise<void> {
    await this.stop(mode, { keepData: true });
    await this.start();
  }

  /** Sends a signal to the postmaster, for instance SIGKILL to make it crash or SIGHUP to reload its settings. */
  kill(signal: NodeJS.Signals): boolean {
    return this.isRunning && this.#child !== null && trySignal(this.#child.pid, signal);
  }

  /** Resolves when all its processes are gone and, unless told to keep it, its folder too. May be called again. */
  async stop(mode: StopMode = 'fast', options: StopOptions = {}): Promise<void> {
    await this.#end(mode, options.patienceMs ?? 30_000);
    if (options.keepData === true) return;
    if (this.#crashed) await releaseSharedMemory(this.#binaries, this.#folder, this.#runAs, this.#guard);
    this.#crashed = false;
    await removeServerFolder(this.#folder);
    await this.#guard.dismiss();
  }

  async #end(mode: StopMode, patienceMs: number): Promise<void> {
    if (this.#child === null) return;
    await stopPostmaster(this.#child, this.#folder.dataDir, mode, patienceMs);
    this.#crashed = (await this.#child.exited).signal !== null;
    this.#child = null;
  }
}
