import { isAbsolute, join, resolve } from 'node:path';
import { AirglowError } from '../../errors.ts';
import type { SwapSystem } from '../../kernel/swap/swap-system.ts';
import { areaOf, TierRun } from './tier-run.ts';
import { checkFolder } from './check-folder.ts';
import { checkLeaving } from './check-leaving.ts';
import { formatSize } from './model.ts';
import type { TierRequest, TierStatus, TierTenant } from './model.ts';
import { describeTier } from './tier-status.ts';

export interface HostTierOptions {
  /** Holds what was changed: `host-tier.json`. */
  readonly stateDir: string;
  readonly system: SwapSystem;
  /** Why databases cannot be limited here and the way out, one line; null where they can. */
  readonly unlimited: string | null;
  readonly tenants: () => readonly TierTenant[];
  /** Lines for people. */
  readonly log: (line: string) => void;
}

export const TIER_FILE = 'airglow-tier.swap';

/**
 * The second tier of this host. What is asked of it is done one after the other. It is also what databases see of it: a
 * `TierSupply`.
 */
export class LocalHostTier {
  readonly #options: HostTierOptions;
  readonly #run: TierRun;
  #queue: Promise<unknown> = Promise.resolve();
  /** What is being done now, a phrase. */
  #doing: string | null = null;

  constructor(options: HostTierOptions) {
    this.#options = options;
    this.#run = new TierRun(options.system, options.stateDir, options.log);
  }

  /**
   * After a start of the daemon, once and first of all: what was begun and not finished is undone, and after a reboot it is
   * turned on again. Never fails: what cannot be had is said by `status`.
   */
  async open(): Promise<void> {
    await this.#next(() => this.#run.resume());
  }

  /** What databases may have of it together; 0 while it is off or lost. */
  get sizeBytes(): number {
    return this.#run.suppliedBytes;
  }

  /** The folder of its file; null while it is off or lost. */
  get path(): string | null {
    return this.sizeBytes > 0 ? (this.#run.record?.path ?? null) : null;
  }

  /** Why the kernel has no tier any more, and the way out, one line; null where it has, or should have none. */
  async whyGone(): Promise<string | null> {
    const { record } = this.#run;
    const isGone = record?.phase === 'on' && areaOf(this.#options.system, record.file) === null;
    return isGone && this.#doing === null ? this.#run.whyLost() : null;
  }

  /** Why this host can have none, and the way out, one line; null where it can. */
  async whyUnavailable(): Promise<string | null> {
    const { system, unlimited } = this.#options;
    return (await system.whyNot()) ?? unlimited;
  }

  async status(): Promise<TierStatus> {
    const { system, tenants } = this.#options;
    return describeTier({
      system,
      run: this.#run,
      tenants: tenants(),
      whyNot: await this.whyUnavailable(),
      doing: this.#doing,
    });
  }

  /** Raises TIER_UNAVAILABLE, INVALID_ARGUMENT, STATE_CORRUPT. One that is on with the same path and size is no error. */
  enable({ path, sizeBytes, dryRun = false }: TierRequest): Promise<TierStatus> {
    const request = { path: isAbsolute(path) ? resolve(path) : path, sizeBytes };
    if (dryRun) return this.#next(() => this.#check(request));
    return this.#inTurn('being switched on', async () => {
      await this.#requireAvailable();
      if (!(await this.#isOnAlready(request))) await this.#enable(request);
    });
  }

  /** Raises TIER_IN_USE, STATE_CORRUPT. One that is off is no error. */
  disable(): Promise<TierStatus> {
    return this.#inTurn('being switched off', async () => {
      this.#run.requireReadable();
      const { record } = this.#run;
      if (record === null) return;
      const { system, tenants } = this.#options;
      const area = areaOf(system, record.file);
      if (area !== null) checkLeaving(tenants(), area.usedBytes, system.availableBytes());
      await this.#run.turnOff();
    });
  }

  /** Once a minute: keeps out groups that came since, and turns it on where its disk was not there yet. Never fails. */
  renew(): Promise<void> {
    return this.#next(() => this.#run.renew());
  }

  async #check(request: TierRequest): Promise<TierStatus> {
    await this.#requireAvailable();
    const isLost = (await this.#run.whyLost()) !== null;
    // What a lost one still takes of the disk is given back before the room is needed.
    if (isLost) await checkFolder(request.path, 0);
    else if (!this.#isAsIs(request)) await checkFolder(request.path, this.#fileBytes(request.sizeBytes));
    return await this.status();
  }

  async #isOnAlready(request: TierRequest): Promise<boolean> {
    if (this.#run.record !== null && (await this.#run.whyLost()) !== null) await this.#run.turnOff();
    return this.#isAsIs(request);
  }

  /** False where there is none. Raises TIER_UNAVAILABLE where there is another one. */
  #isAsIs({ path, sizeBytes }: TierRequest): boolean {
    const { record } = this.#run;
    if (record === null) return false;
    if (record.path === path && record.sizeBytes === sizeBytes) return true;
    throw new AirglowError(
      'TIER_UNAVAILABLE',
      `This host has a tier of ${formatSize(record.sizeBytes)} in ${record.path} already. To have another one, switch it off first: ` +
        'airglow host tiered-cache disable',
    );
  }

  #fileBytes(sizeBytes: number): number {
    const { pageBytes } = this.#options.system;
    // The first page of an area says what it is.
    return (Math.ceil(sizeBytes / pageBytes) + 1) * pageBytes;
  }

  async #enable({ path, sizeBytes }: TierRequest): Promise<void> {
    const fileBytes = this.#fileBytes(sizeBytes);
    const folder = await checkFolder(path, fileBytes);
    const file = join(folder, TIER_FILE);
    let said = 0;
    await this.#run.turnOn({ path, file, sizeBytes, fileBytes }, (share) => {
      const percent = Math.floor(share * 100);
      this.#doing = `being switched on: ${percent} % of its file is written`;
      if (percent < said + 10) return;
      said = percent;
      this.#options.log(`The tiered cache of this host is ${this.#doing}.`);
    });
  }

  async #requireAvailable(): Promise<void> {
    this.#run.requireReadable();
    const { system } = this.#options;
    const reason = await this.whyUnavailable();
    if (reason !== null) throw new AirglowError('TIER_UNAVAILABLE', `This host can have no tier: ${reason}`);
    if (system.place?.version !== 2 || system.swappiness() !== 0) return;
    throw new AirglowError(
      'TIER_UNAVAILABLE',
      'vm.swappiness is 0, which with cgroup v2 keeps databases out of swap, too. Raise it first: sysctl vm.swappiness=60',
    );
  }

  #inTurn(doing: string, work: () => Promise<void>): Promise<TierStatus> {
    return this.#next(async () => {
      this.#doing = doing;
      try {
        await work();
      } finally {
        this.#doing = null;
      }
      return await this.status();
    });
  }

  #next<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#queue.then(work);
    this.#queue = result.catch(() => {});
    return result;
  }
}
