import type { Addresses } from '../wake/sleepy.ts';

export const NAME = 'soak';

export type ToDaemon =
  /** Whether pauses are asked for all the time; else it falls asleep when it has been quiet. */
  | { readonly kind: 'pausing'; readonly isDirect: boolean }
  /** Stops the database: what was frozen is thawed. */
  | { readonly kind: 'stop' }
  /** Deletes it, and ends. */
  | { readonly kind: 'end' };

export type FromDaemon =
  | { readonly kind: 'ready'; readonly addresses: Addresses; readonly id: string }
  /** Of the database: `paused`, `resumed`, `pause-cancelled`, ... */
  | { readonly kind: 'event'; readonly event: string; readonly message: string }
  | { readonly kind: 'stopped' };
