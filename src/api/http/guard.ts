import { createHash, timingSafeEqual } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import { TransportError } from '../contracts.ts';
import type { Access, ApiEnv } from './api-parts.ts';

const MAX_URL_LENGTH = 16 * 1024;
const LOOPBACK_NAME = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/i;

/** Turns away whoever may not ask, and whatever is too long or would change something. */
export function createGuard(access: Access): MiddlewareHandler<ApiEnv> {
  return async (context, next) => {
    if (access.kind === 'token') requireToken(context, access.token);
    else requireLoopbackName(context);
    const { method } = context.req;
    if (method !== 'GET' && method !== 'HEAD') {
      context.header('allow', 'GET, HEAD');
      throw new TransportError('METHOD_NOT_ALLOWED', `${method} is not allowed: this API only reads`);
    }
    if (context.req.url.length > MAX_URL_LENGTH) {
      throw new TransportError('TOO_LARGE', `the address is longer than ${MAX_URL_LENGTH} characters`);
    }
    await next();
  };
}

function requireToken(context: Context<ApiEnv>, token: string): void {
  const given = /^Bearer +(\S+)$/i.exec(context.req.header('authorization') ?? '')?.[1] ?? '';
  if (timingSafeEqual(digest(given), digest(token))) return;
  context.header('www-authenticate', 'Bearer');
  throw new TransportError(
    'UNAUTHORIZED',
    'this address needs the header Authorization: Bearer TOKEN; the token is in the file token of the data folder',
  );
}

function requireLoopbackName(context: Context<ApiEnv>): void {
  const host = context.req.header('host') ?? new URL(context.req.url).host;
  const name = host.replace(/:\d{1,5}$/, '');
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

/** Equal lengths, so that comparing tells nothing about the token. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
