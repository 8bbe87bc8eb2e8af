import type { ClusterStatus, Fleet } from '../../daemon/fleet.ts';
import type { Observer } from '../../daemon/observer.ts';
import { createDemoFolder } from '../../demo/demo-folder.ts';
import { DEMO_PARAMETERS } from '../../demo/parameters.ts';
import { AirglowError } from '../../errors.ts';

export interface DemoDatabase {
  readonly name: string;
  readonly fleet: Fleet;
  readonly observer: Observer;
  /** Of its superuser; holds the password. */
  readonly url: string;
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

/** What the statuses on the way to a running database mean to somebody who waits for it. */
const PROGRESS: Readonly<Partial<Record<ClusterStatus, string>>> = {
  creating: 'Making its data folder',
  starting: 'Starting it',
  available: 'It accepts connections',
};

/** A serverless database in a temporary folder, which ends with this process. Raises as `Fleet.create`. */
export async function startDemoDatabase(options: DemoDatabaseOptions): Promise<DemoDatabase> {
  const { openFleet } = await import('../../daemon/serverless/open-fleet.ts');
  const { minCapacity, maxCapacity, secondsUntilAutoPause, intervalMs, log } = options;
  const folder = await createDemoFolder();
  const opening = openFleet({ stateDir: folder.path, temporary: true, intervalMs, log });
  const fleet = await opening.catch(async (error: unknown) => {
    await folder.remove();
    throw error;
  });
  const close = async (): Promise<void> => {
    try {
      await fleet.close();
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
    return { name: NAME, fleet, observer, url: fleet.url(NAME), close };
  } catch (error) {
    await close();
    throw error;
  }
}
