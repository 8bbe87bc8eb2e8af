import { AirglowError } from '../../errors.ts';
import { formatSize, promisedTo } from './model.ts';
import type { TierTenant } from './model.ts';

export interface PromiseRequest {
  /** The database that is to have it. */
  readonly name: string;
  /** 0 for none. */
  readonly wantedBytes: number;
  /** Of the host's tier; 0 while there is none. */
  readonly tierBytes: number;
  /** Why this host can have none, and the way out, one line; null where it can. */
  readonly unavailable: string | null;
  /** All databases; the one that asks may be among them. */
  readonly tenants: readonly TierTenant[];
}

/** Whether the tier of the host has so much left for a database. Raises TIER_UNAVAILABLE. */
export function checkPromise(request: PromiseRequest): void {
  const { name, wantedBytes, tierBytes, unavailable, tenants } = request;
  if (wantedBytes === 0) return;
  if (tierBytes === 0) {
    throw new AirglowError(
      'TIER_UNAVAILABLE',
      `${name} cannot have a tiered cache of ${formatSize(wantedBytes)}: this host has no second tier. ` +
        (unavailable === null
          ? `Switch it on first: airglow host tiered-cache enable --path DIR --size ${wholeGib(wantedBytes)}`
          : unavailable.replace(/\.$/, '')),
    );
  }
  const others = tenants
    .filter((tenant) => tenant.name !== name && promisedTo(tenant) > 0)
    .toSorted((a, b) => promisedTo(b) - promisedTo(a));
  const promised = others.reduce((sum, tenant) => sum + promisedTo(tenant), 0);
  const leftBytes = Math.max(0, tierBytes - promised);
  if (wantedBytes <= leftBytes) return;
  const holders = others.map((tenant) => `${tenant.name} ${formatSize(promisedTo(tenant))}`).join(', ');
  const already = others.length === 0 ? '' : ` (promised already: ${holders})`;
  throw new AirglowError(
    'TIER_UNAVAILABLE',
    `${name} cannot have a tiered cache of ${formatSize(wantedBytes)}: the tier of this host has ${formatSize(tierBytes)}, of which ` +
      `${formatSize(leftBytes)} is left${already}. Ask for less, lower another one with airglow cluster modify NAME --tiered-cache GiB, or ` +
      'make the tier larger: airglow host tiered-cache disable, then enable.',
  );
}

function wholeGib(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / 1024 ** 3));
}
