import type { Addresses } from './sleepy.ts';

/** How a client comes: over a connection that is open, or with a new one. */
export const WAYS = ['tcp', 'new', 'unix'] as const;
export type Way = (typeof WAYS)[number];

export type ToClient =
  | { readonly kind: 'connect'; readonly addresses: Addresses }
  /** `delayMs` from now: until then the processors have calmed down from what came before. */
  | { readonly kind: 'ask'; readonly way: Way; readonly delayMs: number }
  | { readonly kind: 'end' };

export type FromClient =
  | { readonly kind: 'connected' }
  /** From writing the query, or asking for a connection, until its answer was read. */
  | { readonly kind: 'answered'; readonly tookMs: number }
  | { readonly kind: 'ended' }
  | { readonly kind: 'failed'; readonly message: string };
