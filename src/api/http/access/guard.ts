import type { Context, MiddlewareHandler } from 'hono';
import { TransportError } from '../../contracts.ts';
import type { Access, ApiEnv } from '../api-parts.ts';
import { requestOrigin } from './request-origin.ts';
import { hasSignInCookie, isSameSecret } from './sign-in-cookie.ts';
import { isForSignIn } from './sign-in-route.ts';

const MAX_URL_LENGTH = 16 * 1024;
const READING: ReadonlySet<string> = new Set(['GET', 'HEAD']);
const CHANGING: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);
const NEEDS_TOKEN =
  'needs the header Authorization: Bearer TOKEN; the token is in the file token of the data or state folder';

/** By what a request is trusted; `open` where there is no token at all. */
type Proof = 'owner' | 'token' | 'cookie' | 'open' | 'none';

export interface GuardOptions {
  readonly access: Access;
  /** Whether there is anything to change. */
  readonly canChange: boolean;
}

/** Turns away whoever may not ask, and whatever is too long; says to the routes who is trusted. */
export function createGuard({ access, canChange }: GuardOptions): MiddlewareHandler<ApiEnv> {
  return async (context, next) => {
    const proof = proofOf(context, access);
    context.set('isTrusted', proof !== 'none');
    if (!isForSignIn(context)) {
      if (proof === 'none' && access.kind === 'token') throw unauthorized(context, 'this address');
      if (!READING.has(context.req.method)) requireChange(context, canChange, proof);
    }
    if (context.req.url.length > MAX_URL_LENGTH) {
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

function proofOf(context: Context<ApiEnv>, { token }: Access): Proof {
  if (context.env?.isOwner === true) return 'owner';
  if (token === undefined) return 'open';
  if (bearsToken(context, token)) return 'token';
  return isSignedIn(context, token) ? 'cookie' : 'none';
}

/** A cookie also comes with what pages of other ports of this host ask for; it does not count then. */
function isSignedIn(context: Context<ApiEnv>, token: string): boolean {
  if (!hasSignInCookie(context, token)) return false;
  return requestOrigin(context) !== 'foreign' || context.req.header('sec-fetch-mode') === 'navigate';
}

/** A change comes from whoever has the token, and never from a page of another site. */
function requireChange(context: Context<ApiEnv>, canChange: boolean, proof: Proof): void {
  const { method } = context.req;
  if (!canChange || !CHANGING.has(method)) {
    context.header('allow', [...READING, ...(canChange ? CHANGING : [])].join(', '));
    const why = canChange ? 'is not a method of this API' : 'is not allowed: this API only reads';
    throw new TransportError('METHOD_NOT_ALLOWED', `${method} ${why}`);
  }
  const origin = requestOrigin(context);
  requireTrust(context);
  // Browsers add the cookie by themselves, so the request has to prove that it comes from a page of ours.
  if (origin === 'foreign' || (proof === 'cookie' && origin !== 'own')) {
    throw new TransportError('FORBIDDEN', 'pages of other sites may change nothing');
  }
}

function bearsToken(context: Context<ApiEnv>, token: string): boolean {
  const given = /^Bearer +(\S+)$/i.exec(context.req.header('authorization') ?? '')?.[1] ?? '';
  return isSameSecret(given, token);
}

function unauthorized(context: Context<ApiEnv>, what: string): TransportError {
  context.header('www-authenticate', 'Bearer');
  return new TransportError('UNAUTHORIZED', `${what} ${NEEDS_TOKEN}`);
}
