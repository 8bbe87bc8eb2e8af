import type { Context } from 'hono';
import type { ApiEnv } from '../api-parts.ts';

/**
 * Who has sent a request: a page of ours, a page of another site (or port), or something that does not say so, such as
 * a program, or a browser that was given the address. Browsers let no page change these headers. Off loopback they send
 * no Sec-Fetch-Site without TLS, so both headers count.
 */
export type RequestOrigin = 'own' | 'foreign' | 'unknown';

export function requestOrigin(context: Context<ApiEnv>): RequestOrigin {
  const site = context.req.header('sec-fetch-site') ?? 'none';
  if (site !== 'none' && site !== 'same-origin') return 'foreign';
  const origin = context.req.header('origin');
  const isSameSite = site === 'same-origin';
  // Pages that send no referrer say null even to their own origin.
  if (origin === undefined || (origin === 'null' && isSameSite)) return isSameSite ? 'own' : 'unknown';
  return isOwn(context, origin) ? 'own' : 'foreign';
}

/** With its port. */
export function hostOf(context: Context<ApiEnv>): string {
  return context.req.header('host') ?? new URL(context.req.url).host;
}

function isOwn(context: Context<ApiEnv>, origin: string): boolean {
  return URL.canParse(origin) && new URL(origin).host === hostOf(context);
}
