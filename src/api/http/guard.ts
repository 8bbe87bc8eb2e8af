import { createHash, timingSafeEqual } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import { TransportError } from '../contracts.ts';
import type { Access, ApiEnv } from './api-parts.ts';

const MAX_URL_LENGTH = 16 * 1024;
const LOOPBACK_NAME = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/i;
const READING: ReadonlySet<string> = new Set(['GET', 'HEAD']);
const CHANGING: ReadonlySet<string> = new Set(['POST', 'PATCH', 'DELETE']);
const NEEDS_TOKEN =
  'needs the header Authorization: Bearer TOKEN; the token is in the file token of the data or state folder';

export interface GuardOptions {
  readonly access: Access;
  /** Whether there is anything to change. */
  readonly canChange: boolean;
}

/** Turns away whoever may not ask, and whatever is too long; says to the routes who is trusted. */
export function createGuard({ access, canChange }: GuardOptions): MiddlewareHandler<ApiEnv> {
  return async (context, next) => {
    if (context.env?.isOwner === true) context.set('isTrusted', true);
    else admit(context, access);
    const { method, url } = context.req;
    if (!READING.has(method)) requireChange(context, method, canChange);
    if (url.length > MAX_URL_LENGTH) {
      throw new TransportError('TOO_LARGE', `the address is longer than ${MAX_URL_LENGTH} characters`);
    }
    await next();
  };
}

/** For what holds the text of SQL, a password, or lines of a log. Raises UNAUTHORIZED. */
export function requireTrust(context: Context<ApiEnv>): void {
  if (context.get('isTrusted')) return;
  throw unauthorized(context, 'this');
}

function admit(context: Context<ApiEnv>, access: Access): void {
  const hasToken = access.token !== undefined && bearsToken(context, access.token);
  if (access.kind === 'token') {
    if (!hasToken) throw unauthorized(context, 'this address');
  } else {
    requireLoopbackName(context);
  }
  context.set('isTrusted', hasToken || access.token === undefined);
}

/** A change comes from whoever has the token, and never from a page of another site. */
function requireChange(context: Context<ApiEnv>, method: string, canChange: boolean): void {
  if (!canChange || !CHANGING.has(method)) {
    context.header('allow', [...READING, ...(canChange ? CHANGING : [])].join(', '));
    const why = canChange ? 'is not a method of this API' : 'is not allowed: this API only reads';
    throw new TransportError('METHOD_NOT_ALLOWED', `${method} ${why}`);
  }
  requireTrust(context);
  const site = context.req.header('sec-fetch-site') ?? 'none';
  const origin = context.req.header('origin');
  if ((site !== 'none' && site !== 'same-origin') || (origin !== undefined && !isOwn(context, origin))) {
    throw new TransportError('FORBIDDEN', 'pages of other sites may change nothing');
  }
}

function isOwn(context: Context<ApiEnv>, origin: string): boolean {
  return URL.canParse(origin) && new URL(origin).host === hostOf(context);
}

function bearsToken(context: Context<ApiEnv>, token: string): boolean {
  const given = /^Bearer +(\S+)$/i.exec(context.req.header('authorization') ?? '')?.[1] ?? '';
  return timingSafeEqual(digest(given), digest(token));
}

function unauthorized(context: Context<ApiEnv>, what: string): TransportError {
  context.header('www-authenticate', 'Bearer');
  return new TransportError('UNAUTHORIZED', `${what} ${NEEDS_TOKEN}`);
}

function requireLoopbackName(context: Context<ApiEnv>): void {
  const name = hostOf(context).replace(/:\d{1,5}$/, '');
  if (!LOOPBACK_NAME.test(name)) {
    throw new TransportError(
      'FORBIDDEN',
      'the Host header must name the loopback address, for example 127.0.0.1 or localhost',
    );
  }
  // A page of another site cannot read an answer, but it could use up the places of live clients.
  const site = context.req.header('sec-fetch-site');
  if (site === 'cross-site' && context.req.header('sec-fetch-mode') !== 'navigate') {
    throw new TransportError('FORBIDDEN', 'pages of other sites may not ask');
  }
}

function hostOf(context: Context<ApiEnv>): string {
  return context.req.header('host') ?? new URL(context.req.url).host;
}

/** Equal lengths, so that comparing tells nothing about the token. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
