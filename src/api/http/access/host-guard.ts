import type { Context, MiddlewareHandler } from 'hono';
import { TransportError } from '../../contracts.ts';
import type { Access, ApiEnv } from '../api-parts.ts';
import { hostOf, requestOrigin } from './request-origin.ts';

const LOOPBACK_NAME = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/i;

/**
 * Turns away pages of other sites. On loopback the Host header must name it, so that no name that was pointed at
 * 127.0.0.1 reaches us. Elsewhere our names are not known, so there Origin must be the same as Host.
 */
export function createHostGuard(access: Access): MiddlewareHandler<ApiEnv> {
  return async (context, next) => {
    if (context.env?.isOwner !== true) {
      if (access.kind === 'loopback') requireLoopbackName(context);
      else requireOwnOrigin(context);
    }
    await next();
  };
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
  if (site === 'cross-site' && !isNavigation(context)) throw foreignPage();
}

function requireOwnOrigin(context: Context<ApiEnv>): void {
  if (requestOrigin(context) === 'foreign' && !isNavigation(context)) throw foreignPage();
}

/** Somebody follows a link; the page with the link gets no answer. */
function isNavigation(context: Context<ApiEnv>): boolean {
  return context.req.method === 'GET' && context.req.header('sec-fetch-mode') === 'navigate';
}

function foreignPage(): TransportError {
  return new TransportError('FORBIDDEN', 'pages of other sites may not ask');
}
