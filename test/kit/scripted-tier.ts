import type { EnableTierRequest, HostTier, HostTierStatus } from '../../src/daemon/fleet.ts';

const OFF: HostTierStatus = {
  state: 'off',
  reason: null,
  path: null,
  sizeBytes: 0,
  usedBytes: 0,
  promisedBytes: 0,
  users: [],
  otherSwap: [],
  keptOut: ['Everybody else is kept out.'],
  consequences: ['A swap file takes the whole size.', 'vm.swappiness of the host becomes 0.'],
};

/** The second tier of a host that has none: on and off as it is told. */
export class ScriptedTier implements HostTier {
  /** What was asked for, as it arrived. */
  readonly asked: (EnableTierRequest | 'disable')[] = [];
  /** What it answers instead of being switched on; null where it does what it is told. */
  refusal: Error | null = null;
  #status = OFF;

  /** Puts it into a state without a word. */
  change(change: Partial<HostTierStatus>): void {
    this.#status = { ...this.#status, ...change };
  }

  async status(): Promise<HostTierStatus> {
    return this.#status;
  }

  async enable({ dryRun = false, ...request }: EnableTierRequest): Promise<HostTierStatus> {
    if (this.refusal !== null) throw this.refusal;
    if (dryRun) return this.#status;
    this.asked.push(request);
    this.change({ state: 'on', reason: null, ...request });
    return this.#status;
  }

  async disable(): Promise<HostTierStatus> {
    this.asked.push('disable');
    this.change({ state: 'off', reason: null, path: null, sizeBytes: 0, usedBytes: 0 });
    return this.#status;
  }
}
