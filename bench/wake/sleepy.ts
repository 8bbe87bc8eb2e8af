/** A database that a bench puts to sleep. */
export interface Sleepy {
  readonly addresses: Addresses;
  /** Resolves when it is paused; asks again where somebody was just using it. */
  pause(): Promise<void>;
  /** While it is paused. */
  giveBack(what: 'cache' | 'all'): Promise<void>;
  /** What the last wake took by the sentinel's own account, in ms; null where there was none. */
  tookMs(): number | null;
  close(): Promise<void>;
}

/** Both hold the password; they travel over the channel to the client's process only. */
export interface Addresses {
  readonly tcp: string;
  readonly unix: string;
}

export const DATABASE = 'bench';
/** It is about wakes: nothing falls asleep by itself meanwhile. */
export const NEVER_S = 86_400;
export const RESUME_ACU = 2;
export const MAX_ACU = 8;

export function addressesOf(tcpUrl: string, socketDir: string): Addresses {
  const unix = new URL(tcpUrl);
  unix.searchParams.set('host', socketDir);
  return { tcp: tcpUrl, unix: unix.href };
}
