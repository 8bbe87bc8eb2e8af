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
  /** Only says whether it could be had: refused as it would be, and nothing is changed. */
  readonly dryRun?: boolean;
}

/** The second tier of the host: swap on local storage that only databases of Airglow's use. */
export interface TierStatus {
  /** `lost`: it was on, and is not any more; `reason` says why. */
  readonly state: 'on' | 'off' | 'lost' | 'unavailable';
  /** Why it is lost or cannot be had, and the way out, one line; null where it is on or could be. */
  readonly reason: string | null;
  /** The folder of its file; null while it is off. */
  readonly path: string | null;
  readonly sizeBytes: number;
  /** By whomever. */
  readonly usedBytes: number;
  /** What databases were promised together. */
  readonly promisedBytes: number;
  readonly users: readonly {
    readonly name: string;
    readonly sizeBytes: number;
    readonly usedBytes: number;
  }[];
  /** Swap that was there before us. */
  readonly otherSwap: readonly {
    readonly path: string;
    readonly sizeBytes: number;
    readonly usedBytes: number;
  }[];
  /** What keeps other processes out of it, and what does not; sentences. */
  readonly keptOut: readonly string[];
  /** What switching it on means for the whole host; sentences. */
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
