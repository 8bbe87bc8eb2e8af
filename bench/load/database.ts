import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { BUNDLED_MAJOR } from '../../src/cluster/managed/engine-finder.ts';
import { resourcesOf } from '../../src/capacity/acu.ts';
import type { CapacityPolicy } from '../../src/capacity/model.ts';
import type { ClusterDescription, OpenFleet } from '../../src/daemon/fleet.ts';
import { openFleet } from '../../src/daemon/serverless/open-fleet.ts';
import { fixedPolicy } from '../policies/fixed.ts';
import { SwitchedPolicy } from '../policies/switched.ts';
import { waitFor } from '../../test/kit/wait-for.ts';
import { meanCost } from './arrivals.ts';
import type { WorkMix } from './arrivals.ts';
import { calibrate, correctByLoad } from './calibrate.ts';
import type { Calibration } from './calibrate.ts';
import { Generator } from './generator.ts';
import { createTables } from './work.ts';

const NAME = 'bench';
const TRIAL_MS = 6_000;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** As shells say it. */
const INTERRUPTED = 130;

export interface BenchDatabaseOptions {
  readonly minAcu: number;
  readonly maxAcu: number;
  /** Processor time of one `burn`. */
  readonly burnMs: number;
  /** Size of the table that `scattered` reads; none unless told otherwise. */
  readonly wideBytes?: number;
  /** Shows what the fleet logs. */
  readonly isVerbose?: boolean;
}

/** A database of a fleet in this process, with its tables, and what its work costs. */
export class BenchDatabase {
  readonly fleet: OpenFleet;
  readonly policy: SwitchedPolicy;
  readonly wideRows: number;
  readonly #close: () => Promise<void>;
  #calibration: Calibration;

  private constructor(
    fleet: OpenFleet,
    policy: SwitchedPolicy,
    made: { readonly wideRows: number; readonly calibration: Calibration },
    close: () => Promise<void>,
  ) {
    this.fleet = fleet;
    this.policy = policy;
    this.wideRows = made.wideRows;
    this.#calibration = made.calibration;
    this.#close = close;
  }

  static async open(options: BenchDatabaseOptions): Promise<BenchDatabase> {
    const stateDir = mkdtempSync(join(tmpdir(), 'airglow-bench-'));
    const policy = new SwitchedPolicy(fixedPolicy('fixed-max'));
    const log = (line: string): void => {
      if (options.isVerbose === true) console.error(line);
    };
    const fleet = await openFleet({ stateDir, temporary: true, policy, log }).catch((error: unknown) => {
      rmSync(stateDir, { recursive: true, force: true });
      throw error;
    });
    const close = async (): Promise<void> => {
      for (const signal of SIGNALS) process.off(signal, interrupted);
      await fleet.close();
      rmSync(stateDir, { recursive: true, force: true });
    };
    // Ctrl-C and time-outs leave nothing behind either.
    const interrupted = (): void => {
      void close().finally(() => process.exit(INTERRUPTED));
    };
    for (const signal of SIGNALS) process.on(signal, interrupted);
    try {
      return new BenchDatabase(fleet, policy, await prepare(fleet, options), close);
    } catch (error) {
      await close();
      throw error;
    }
  }

  /** What its work costs; before a load was seen, on processors that do nothing else. */
  get calibration(): Calibration {
    return this.#calibration;
  }

  get url(): string {
    return this.fleet.url(NAME, 'postgres');
  }

  describe(): ClusterDescription {
    return this.fleet.describe(NAME);
  }

  modify(request: Parameters<OpenFleet['modify']>[1]): Promise<ClusterDescription> {
    return this.fleet.modify(NAME, request);
  }

  connect(connections: number): Promise<Generator> {
    return Generator.connect(this.url, connections);
  }

  /** Lets a policy run it from now on, beginning at that capacity, and resolves when that is in force. */
  async runBy(policy: CapacityPolicy, startAcu: number): Promise<void> {
    await this.policy.use(policy, startAcu);
    await waitFor(() => this.describe().capacity.current === startAcu, {
      what: `${startAcu} ACU to be in force for ${policy.name}`,
    });
    this.policy.takeTrace();
  }

  /** Corrects what work costs by a few seconds of a load of about so many CPUs, at the maximum. */
  async calibrateUnderLoad(generator: Generator, mix: WorkMix, cpus: number): Promise<void> {
    const { max } = this.describe().capacity;
    await this.runBy(fixedPolicy('fixed-max'), max);
    const { burnRounds, costMs } = this.#calibration;
    const result = await generator.run({
      seed: 0,
      segments: [{ untilMs: TRIAL_MS, perSecond: (cpus * 1000) / meanCost(mix, costMs) }],
      mix,
      burnRounds,
      wideRows: this.wideRows,
      drainMs: TRIAL_MS,
    });
    this.#calibration = correctByLoad(this.#calibration, result);
  }

  cpusOf(acu: number): number {
    return resourcesOf(acu, this.describe().shape).cpus;
  }

  close(): Promise<void> {
    return this.#close();
  }
}

async function prepare(
  fleet: OpenFleet,
  { minAcu, maxAcu, burnMs, wideBytes = 0 }: BenchDatabaseOptions,
): Promise<{ readonly wideRows: number; readonly calibration: Calibration }> {
  const capacity = { minCapacity: minAcu, maxCapacity: maxAcu };
  const made = await fleet.create({ name: NAME, engineVersion: BUNDLED_MAJOR, ...capacity });
  if (!made.enforced)
    throw new Error(`Nothing to measure: capacity is not enforced. ${made.enforcementNote ?? ''}`);
  if (made.capacity.max < maxAcu)
    throw new Error(`This host gives ${made.capacity.max} ACU at most; choose --max.`);
  await waitFor(() => fleet.describe(NAME).capacity.current === maxAcu, {
    what: 'the maximum to be in force',
  });
  const url = fleet.url(NAME, 'postgres');
  const client = new pg.Client({ connectionString: url, application_name: 'bench' });
  await client.connect();
  try {
    const { wideRows } = await createTables(client, wideBytes);
    return { wideRows, calibration: await calibrate(url, burnMs, wideRows) };
  } finally {
    await client.end();
  }
}
