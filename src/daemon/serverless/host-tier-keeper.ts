import { LocalHostTier } from '../../cluster/host-tier/host-tier.ts';
import { checkPromise } from '../../cluster/host-tier/check-promise.ts';
import type { TierTenant } from '../../cluster/host-tier/model.ts';
import type { TierSupply } from '../../cluster/managed/cluster-options.ts';
import type { ManagedCluster } from '../../cluster/managed/model.ts';
import { hasLimits } from '../../kernel/limits/open-limits.ts';
import type { LimitsHost, NoLimits } from '../../kernel/limits/resource-group.ts';
import { openSwapSystem } from '../../kernel/swap/swap-system.ts';
import type { SwapSystem } from '../../kernel/swap/swap-system.ts';
import type { EnableTierRequest, HostTier, HostTierStatus } from '../fleet.ts';
import type { ClusterRunner } from './cluster-runner.ts';
import { TierReservations } from './tier-reservations.ts';

const RENEW_MS = 60_000;
/** Somebody may turn it off underneath. */
const LOOK_MS = 1_000;
const NOT_YET_THERE = { startedBytes: 0, isRunning: false, usedBytes: 0 };

export interface HostTierKeeperOptions {
  readonly stateDir: string;
  readonly limits: LimitsHost | NoLimits;
  /** Switches it off at the end: nothing is left behind. */
  readonly temporary: boolean;
  readonly runners: () => Iterable<Pick<ClusterRunner, 'cluster' | 'followTier' | 'lostTier'>>;
  readonly log: (line: string) => void;
  /** That of this host unless told otherwise. */
  readonly system?: SwapSystem;
}

/** The second tier of the host, for as long as the daemon runs: what is promised of it, and who comes to the host meanwhile. */
export class HostTierKeeper implements HostTier, TierSupply {
  readonly #options: HostTierKeeperOptions;
  readonly #tier: LocalHostTier;
  readonly #reservations = new TierReservations();
  #timers: readonly NodeJS.Timeout[] = [];
  /** Why the host can have none, as found last. */
  #unavailable: string | null = null;
  /** What its databases were last told. */
  #toldBytes = 0;

  constructor(options: HostTierKeeperOptions) {
    const { stateDir, limits, log, system = openSwapSystem() } = options;
    this.#options = options;
    this.#tier = new LocalHostTier({
      stateDir,
      system,
      unlimited: whyUnlimited(limits),
      tenants: () => this.#tenants(),
      log,
    });
  }

  /** Before any database is started: it may run with the tier. */
  async open(): Promise<void> {
    await this.#tier.open();
    await this.#learn();
    this.#toldBytes = this.sizeBytes;
    this.#timers = [
      setInterval(() => void this.#renew(), RENEW_MS).unref(),
      setInterval(() => void this.#look(), LOOK_MS).unref(),
    ];
  }

  get sizeBytes(): number {
    return this.#tier.sizeBytes;
  }

  get path(): string | null {
    return this.#tier.path;
  }

  status(): Promise<HostTierStatus> {
    return this.#tier.status();
  }

  async enable(request: EnableTierRequest): Promise<HostTierStatus> {
    const status = await this.#tier.enable(request);
    await this.#tellAll();
    return status;
  }

  async disable(): Promise<HostTierStatus> {
    const status = await this.#tier.disable();
    await this.#tellAll();
    return status;
  }

  /**
   * Promises a database so much; undefined where nothing is asked for. Returns what to call once that is in its
   * specification, or came to nothing. Raises TIER_UNAVAILABLE.
   */
  reserve(name: string, wantedBytes: number | undefined): () => void {
    if (wantedBytes === undefined) return () => {};
    const [tierBytes, unavailable] = [this.sizeBytes, this.#unavailable];
    checkPromise({ name, wantedBytes, tierBytes, unavailable, tenants: this.#tenants() });
    return this.#reservations.add(name, wantedBytes);
  }

  /** After the databases of a temporary fleet are gone. It stays on where they run on. */
  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    if (!this.#options.temporary) return;
    await this.#tier.disable().catch((error: Error) => this.#options.log(error.message));
  }

  async #renew(): Promise<void> {
    await this.#learn();
    await this.#tier.renew();
  }

  /** What is asked for in between is answered at once. */
  async #learn(): Promise<void> {
    this.#unavailable = await this.#tier.whyUnavailable().catch(() => null);
  }

  /** It may be lost, or come back, without anybody having asked for that. */
  async #look(): Promise<void> {
    const lost = await this.#tier.whyGone();
    for (const runner of this.#options.runners()) runner.lostTier.look(lost);
    if (this.sizeBytes !== this.#toldBytes) await this.#tellAll();
  }

  /** What may be on swap follows, for all that run. */
  async #tellAll(): Promise<void> {
    this.#toldBytes = this.sizeBytes;
    await Promise.all([...this.#options.runners()].map((runner) => runner.followTier()));
  }

  #tenants(): TierTenant[] {
    const known = [...this.#options.runners()].map(({ cluster }) => tenantOf(cluster));
    const reserved = this.#reservations.largest();
    const coming = [...reserved].filter(([name]) => !known.some((tenant) => tenant.name === name));
    return [
      ...known.map((tenant) => {
        const wantedBytes = Math.max(tenant.wantedBytes, reserved.get(tenant.name) ?? 0);
        return { ...tenant, wantedBytes };
      }),
      ...coming.map(([name, wantedBytes]) => ({ ...NOT_YET_THERE, name, wantedBytes })),
    ];
  }
}

function tenantOf({ spec, isRunning, accounts }: ManagedCluster): TierTenant {
  return {
    name: spec.name,
    wantedBytes: spec.optimizedReads.tieredCacheBytes,
    startedBytes: spec.optimizedReads.startedTierBytes,
    isRunning,
    usedBytes: accounts.memory()?.swapBytes ?? 0,
  };
}

function whyUnlimited(limits: LimitsHost | NoLimits): string | null {
  if (!hasLimits(limits)) return `${limits.reason} ${limits.remedy}`;
  if (limits.capabilities.memory) return null;
  return 'The memory of groups cannot be limited here. Run Airglow where a control group with the memory controller can be made.';
}
