import { join } from 'node:path';
import { BUNDLED_MAJOR } from '../../src/cluster/managed/engine-finder.ts';
import { clusterFolder } from '../../src/cluster/managed/cluster-folder.ts';
import { readSpec } from '../../src/cluster/managed/cluster-file.ts';
import { giveBackAll, giveBackCache } from '../../src/cluster/managed/give-back.ts';
import type { OpenFleet } from '../../src/daemon/fleet.ts';
import { openFleet } from '../../src/daemon/serverless/open-fleet.ts';
import { hasLimits, openLimits } from '../../src/kernel/limits/open-limits.ts';
import type { ResourceGroup } from '../../src/kernel/limits/resource-group.ts';
import { waitFor } from '../../test/kit/wait-for.ts';
import { pauseOnDemand } from '../policies/pause-on-demand.ts';
import { addressesOf, DATABASE, MAX_ACU, NEVER_S } from './sleepy.ts';
import type { Addresses, Sleepy } from './sleepy.ts';

interface Wish {
  isWanted: boolean;
}

const ASK_AGAIN_MS = 200;

/** As a user has it: all of the daemon runs in this process, and does what it does before a pause and after a wake. */
export class FleetDatabase implements Sleepy {
  readonly addresses: Addresses;
  readonly #fleet: OpenFleet;
  readonly #group: ResourceGroup;
  readonly #wish: Wish;

  private constructor(fleet: OpenFleet, group: ResourceGroup, addresses: Addresses, wish: Wish) {
    this.#fleet = fleet;
    this.#group = group;
    this.addresses = addresses;
    this.#wish = wish;
  }

  static async open(stateDir: string, log: (line: string) => void): Promise<FleetDatabase> {
    const wish: Wish = { isWanted: false };
    const policy = pauseOnDemand(() => {
      const { isWanted } = wish;
      wish.isWanted = false;
      return isWanted;
    });
    const fleet = await openFleet({ stateDir, temporary: true, policy, log });
    try {
      await fleet.create({
        name: DATABASE,
        engineVersion: BUNDLED_MAJOR,
        minCapacity: 0,
        maxCapacity: MAX_ACU,
        secondsUntilAutoPause: NEVER_S,
      });
      await waitFor(() => fleet.describe(DATABASE).pause.unavailable === null, {
        what: `pausing (${fleet.describe(DATABASE).pause.unavailable})`,
      });
      const { path, socketDir } = clusterFolder(join(stateDir, 'clusters', DATABASE));
      const limits = await openLimits();
      if (!hasLimits(limits)) throw new Error(limits.reason);
      const group = await limits.open((await readSpec(path, log)).id);
      return new FleetDatabase(fleet, group, addressesOf(fleet.url(DATABASE), socketDir), wish);
    } catch (error) {
      await fleet.close();
      throw error;
    }
  }

  async pause(): Promise<void> {
    let leave = (): void => {};
    const paused = new Promise<void>((resolve) => {
      leave = this.#fleet.subscribe((message) => {
        if (message.kind === 'status' && message.status === 'paused') resolve();
      });
    });
    const wish = (): void => {
      this.#wish.isWanted = true;
    };
    wish();
    // Somebody may just have been using it.
    const asking = setInterval(wish, ASK_AGAIN_MS);
    await paused;
    clearInterval(asking);
    leave();
    this.#wish.isWanted = false;
  }

  giveBack(what: 'cache' | 'all'): Promise<void> {
    return what === 'all'
      ? giveBackAll(this.#group)
      : giveBackCache(this.#group, () => this.#group.limits().memoryBytes);
  }

  tookMs(): number | null {
    return this.#fleet.describe(DATABASE).pause.lastWake?.tookMs ?? null;
  }

  close(): Promise<void> {
    return this.#fleet.close();
  }
}
