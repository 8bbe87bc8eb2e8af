import type { ClusterStatus, Fleet } from '../../daemon/fleet.ts';
import type { Observer } from '../../daemon/observer.ts';
import type { Up, UpOptions } from '../../daemon/up.ts';
import { createDemoFolder } from '../../demo/demo-folder.ts';
import { DEMO_PARAMETERS } from '../../demo/parameters.ts';
import { AirglowError } from '../../errors.ts';
import { dashboardAddress } from '../dashboard-address.ts';

export interface DemoDatabase {
  readonly name: string;
  readonly fleet: Fleet;
  readonly observer: Observer;
  /** Of its superuser; holds the password. */
  readonly url: string;
  /** With the token, which opens nothing that outlives the demo. */
  readonly dashboard: string;
  /** Stops it and removes all of it; never leaves a folder behind. */
  close(): Promise<void>;
}

export interface DemoDatabaseOptions {
  readonly minCapacity: number;
  readonly maxCapacity: number;
  readonly secondsUntilAutoPause: number;
  readonly intervalMs: number;
  readonly log: (line: string) => void;
}

const NAME = 'demo';
/** The bundled one: the demo is the same everywhere, whatever is installed. */
const BUNDLED_MAJOR = 18;
const HOST = '127.0.0.1';
/** That of airglow up, where it is free. */
const PREFERRED_PORT = 8642;

/** What the statuses on the way to a running database mean to somebody who waits for it. */
const PROGRESS: Readonly<Partial<Record<ClusterStatus, string>>> = {
  creating: 'Making its data folder',
  starting: 'Starting it',
  available: 'It accepts connections',
};

/**
 * A serverless database in a temporary folder, with its record and the dashboard, which end with this process. Raises
 * as `Fleet.create`.
 */
export async function startDemoDatabase(options: DemoDatabaseOptions): Promise<DemoDatabase> {
  const { minCapacity, maxCapacity, secondsUntilAutoPause, intervalMs, log } = options;
  const folder = await createDemoFolder();
  const starting = runOnFreePort({
    stateDir: folder.path,
    temporary: true,
    intervalMs,
    retentionDays: 1,
    log,
  });
  const up = await starting.catch(async (error: unknown) => {
    await folder.remove();
    throw error;
  });
  const { fleet } = up;
  const close = async (): Promise<void> => {
    try {
      await up.stop();
    } finally {
      await folder.remove();
    }
  };
  const startedAt = performance.now();
  const unsubscribe = fleet.subscribe((message) => {
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    if (message.kind === 'status' && message.status in PROGRESS) {
      log(`${PROGRESS[message.status] ?? ''} (${seconds} s)`);
    }
  });
  try {
    await fleet.create({
      name: NAME,
      minCapacity,
      maxCapacity,
      secondsUntilAutoPause,
      engineVersion: BUNDLED_MAJOR,
      parameters: DEMO_PARAMETERS,
    });
    // From now on it comes and goes by itself.
    unsubscribe();
    const observer = fleet.observer(NAME);
    if (observer === null) throw new AirglowError('POSTGRES_FAILED', 'the database ended as soon as it ran');
    const dashboard = dashboardAddress(up.url, {}, up.token);
    return { name: NAME, fleet, observer, url: fleet.url(NAME), dashboard, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function runOnFreePort(options: Omit<UpOptions, 'listen'>): Promise<Up> {
  const { runUp } = await import('../../daemon/up.ts');
  try {
    return await runUp({ ...options, listen: { host: HOST, port: PREFERRED_PORT } });
  } catch (error) {
    if (!(error instanceof AirglowError) || error.code !== 'PORT_IN_USE') throw error;
    return await runUp({ ...options, listen: { host: HOST, port: 0 } });
  }
}
