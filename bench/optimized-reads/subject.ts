import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { BUNDLED_MAJOR } from '../../src/cluster/managed/engine-finder.ts';
import type { AcuShape } from '../../src/capacity/acu.ts';
import type { CapacityPolicy } from '../../src/capacity/model.ts';
import type { ClusterDescription, OpenFleet } from '../../src/daemon/fleet.ts';
import { openFleet } from '../../src/daemon/serverless/open-fleet.ts';
import { waitFor } from '../../test/kit/wait-for.ts';
import { createTables } from '../load/work.ts';
import { fixedPolicy } from '../policies/fixed.ts';
import { SwitchedPolicy } from '../policies/switched.ts';
import { LoadWindow } from './load-window.ts';
import { SlowStorage } from './slow-storage.ts';
import type { StorageLimits } from './slow-storage.ts';

const NAME = 'bench';
const GIB = 1024 ** 3;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const INTERRUPTED = 130;

/** How a database uses its memory. */
export interface Variant {
  readonly name: string;
  readonly tierBytes: number;
  /** Instead of what Airglow gives it. */
  readonly sharedBuffersBytes?: number;
}

export interface SubjectOptions {
  readonly shape: AcuShape;
  /** The one that it is filled and warmed at, and the most that it may have. */
  readonly maxAcu: number;
  readonly dataBytes: number;
  /** Of the host; databases get a part of it. */
  readonly tierBytes: number;
  /** Folder for the slow volume and for local storage, on a fast disk. */
  readonly workDir?: string;
  readonly isVerbose: boolean;
}

/** A database on slow storage, with local storage beside it that it may use or not. */
export class Subject {
  readonly fleet: OpenFleet;
  readonly policy: SwitchedPolicy;
  readonly storage: SlowStorage;
  readonly localDir: string;
  readonly rows: number;
  readonly #close: () => Promise<void>;
  #window: LoadWindow | null = null;

  private constructor(
    made: Pick<Subject, 'fleet' | 'policy' | 'storage' | 'localDir'>,
    rows: number,
    close: () => Promise<void>,
  ) {
    this.fleet = made.fleet;
    this.policy = made.policy;
    this.storage = made.storage;
    this.localDir = made.localDir;
    this.rows = rows;
    this.#close = close;
  }

  static async open(options: SubjectOptions): Promise<Subject> {
    const workDir = mkdtempSync(join(options.workDir ?? tmpdir(), 'airglow-bench-reads-'));
    // The server's user has to pass.
    chmodSync(workDir, 0o755);
    const localDir = join(workDir, 'local');
    mkdirSync(localDir, { mode: 0o755 });
    const policy = new SwitchedPolicy(fixedPolicy('fixed-max'));
    const log = (line: string): void => {
      if (options.isVerbose) console.error(line);
    };
    const undo: (() => Promise<void>)[] = [async () => rmSync(workDir, { recursive: true, force: true })];
    const close = async (): Promise<void> => {
      for (const signal of SIGNALS) process.off(signal, interrupted);
      // What fails is said, and the rest is taken away all the same.
      while (undo.length > 0)
        await undo
          .pop()?.()
          .catch((error: Error) => console.error(error.message));
    };
    const interrupted = (): void => void close().finally(() => process.exit(INTERRUPTED));
    for (const signal of SIGNALS) process.on(signal, interrupted);
    try {
      const storage = new SlowStorage(workDir, 2 * options.dataBytes + 6 * GIB);
      undo.push(async () => storage.remove());
      const stateDir = join(storage.folder, 'state');
      const { shape } = options;
      const fleet = await openFleet({ stateDir, temporary: true, policy, log, shape });
      undo.push(async () => fleet.close());
      fleet.subscribe((message) => {
        if (message.kind === 'event') log(`${message.event.kind}: ${message.event.message}`);
      });
      await fleet.tier.enable({ path: localDir, sizeBytes: options.tierBytes });
      const capacity = { minCapacity: 0.5, maxCapacity: options.maxAcu };
      await fleet.create({ name: NAME, engineVersion: BUNDLED_MAJOR, ...capacity });
      const rows = await fill(fleet.url(NAME, 'postgres'), options.dataBytes);
      return new Subject({ fleet, policy, storage, localDir }, rows, close);
    } catch (error) {
      await close();
      throw error;
    }
  }

  get url(): string {
    return this.fleet.url(NAME, 'postgres');
  }

  describe(): ClusterDescription {
    return this.fleet.describe(NAME);
  }

  /** Restarts it as one of the variants, and fills its caches at a capacity. */
  async runAs(variant: Variant, policy: CapacityPolicy, startAcu: number): Promise<void> {
    const { tierBytes: tieredCacheBytes, sharedBuffersBytes } = variant;
    await this.storage.speedUp();
    const shared = sharedBuffersBytes === undefined ? null : `${Math.round(sharedBuffersBytes / 1024)}kB`;
    await this.fleet.modify(NAME, { tieredCacheBytes, parameters: { shared_buffers: shared } });
    await this.fleet.stop(NAME);
    await this.fleet.start(NAME);
    const { tieredCache } = this.describe().optimizedReads;
    if ((tieredCache?.inForceBytes ?? 0) !== tieredCacheBytes)
      throw new Error(`The tier is not in force: ${tieredCache?.reason ?? 'nobody says why'}`);
    await this.decideBy(policy, startAcu);
    await this.#warm();
  }

  async decideBy(policy: CapacityPolicy, startAcu: number): Promise<void> {
    await this.policy.use(policy, startAcu);
    // With a tier this takes as long as pages need to get there.
    await waitFor(() => this.fleet.describe(NAME).capacity.current === startAcu, {
      what: `${startAcu} ACU to be in force`,
      timeoutMs: 120_000,
    });
    this.policy.takeTrace();
  }

  async slowDown(limits: StorageLimits): Promise<void> {
    await this.storage.slowDown(await this.#postmasterPid(), limits);
  }

  /** Of the run there is: a restart begins another one. */
  window(): LoadWindow {
    this.#window?.close();
    const observer = this.fleet.observer(NAME);
    if (observer === null) throw new Error('The database does not run.');
    this.#window = new LoadWindow(observer);
    return this.#window;
  }

  acuSeconds(): number {
    return this.describe().acuHours * 3600;
  }

  async useLocalStorage(isUsed: boolean): Promise<void> {
    const local = { localStorage: this.localDir, tempSpaceBytes: 8 * GIB };
    await this.fleet.modify(NAME, isUsed ? local : { localStorage: null, tempSpaceBytes: null });
  }

  async ask<Row extends pg.QueryResultRow>(...statements: string[]): Promise<Row[]> {
    const client = new pg.Client({ connectionString: this.url, application_name: 'bench' });
    await client.connect();
    try {
      let rows: Row[] = [];
      for (const statement of statements) ({ rows } = await client.query<Row>(statement));
      return rows;
    } finally {
      await client.end();
    }
  }

  close(): Promise<void> {
    return this.#close();
  }

  async #warm(): Promise<void> {
    await this.ask(`select pg_prewarm('bench_wide_pkey')`, `select pg_prewarm('bench_wide')`);
  }

  async #postmasterPid(): Promise<number> {
    const client = new pg.Client({ connectionString: this.url });
    await client.connect();
    try {
      const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
      const stat = readFileSync(`/proc/${rows[0]?.pid}/stat`, 'utf8');
      return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    } finally {
      await client.end();
    }
  }
}

async function fill(url: string, dataBytes: number): Promise<number> {
  const client = new pg.Client({ connectionString: url, application_name: 'bench' });
  await client.connect();
  try {
    await client.query('create extension if not exists pg_prewarm');
    const { wideRows } = await createTables(client, dataBytes);
    return wideRows;
  } finally {
    await client.end();
  }
}
