import { shareHost } from '../../capacity/host-share.ts';
import type { Claim } from '../../capacity/host-share.ts';
import type { Grant } from '../../capacity/model.ts';

/** Divides the host between the databases that run on it, from what each asked for last. */
export class HostArbiter {
  readonly #budgetAcu: number;
  readonly #claims = new Map<string, () => Claim>();
  #grants: ReadonlyMap<string, Grant> = new Map();

  constructor(budgetAcu: number) {
    this.#budgetAcu = budgetAcu;
  }

  join(name: string, claim: () => Claim): void {
    this.#claims.set(name, claim);
    this.share();
  }

  leave(name: string): void {
    this.#claims.delete(name);
    this.share();
  }

  /** Called when demands have changed: after every full decision. */
  share(): void {
    const claims = [...this.#claims.values()].map((claim) => claim());
    this.#grants = shareHost(this.#budgetAcu, claims);
  }

  grant(name: string): Grant {
    return this.#grants.get(name) ?? { shareAcu: this.#budgetAcu, contended: false };
  }
}
