/**
 * The second tier of the host: a swap file on local storage that databases below a large shared memory spill to. What is
 * known of databases comes from whoever runs them.
 */

/** A database, as far as it has to do with the tier. Bytes. */
export interface TierTenant {
  readonly name: string;
  /** As it is specified; in force with its next start. */
  readonly wantedBytes: number;
  /** What it was last started with. */
  readonly startedBytes: number;
  readonly isRunning: boolean;
  /** On swap now. */
  readonly usedBytes: number;
}

export interface TierRequest {
  /** An existing folder on local storage. */
  readonly path: string;
  readonly sizeBytes: number;
}

interface AreaStatus {
  readonly path: string;
  readonly sizeBytes: number;
  readonly usedBytes: number;
}

/** As `HostTierStatus` of the daemon. */
export interface TierStatus {
  readonly state: 'on' | 'off' | 'lost' | 'unavailable';
  readonly reason: string | null;
  readonly path: string | null;
  readonly sizeBytes: number;
  readonly usedBytes: number;
  readonly promisedBytes: number;
  readonly users: readonly {
    readonly name: string;
    readonly sizeBytes: number;
    readonly usedBytes: number;
  }[];
  readonly otherSwap: readonly AreaStatus[];
  readonly keptOut: readonly string[];
  readonly consequences: readonly string[];
}

/** What of the tier a database is promised: what it runs with, or what it will have with its next start. */
export function promisedTo({ wantedBytes, startedBytes, isRunning }: TierTenant): number {
  return Math.max(wantedBytes, isRunning ? startedBytes : 0);
}

/** Whether pages of it may be there now. */
export function runsWithTier({ startedBytes, isRunning }: TierTenant): boolean {
  return isRunning && startedBytes > 0;
}

/** `16 GiB`, `512 MiB` */
export function formatSize(bytes: number): string {
  const gib = bytes / 1024 ** 3;
  if (gib < 1) return `${Math.round(bytes / 1024 ** 2)} MiB`;
  return `${Number(gib.toFixed(gib < 10 ? 2 : 0))} GiB`;
}
