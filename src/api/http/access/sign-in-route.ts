import { setTimeout as sleep } from 'node:timers/promises';
import type { Context, MiddlewareHandler } from 'hono';
import { TransportError } from '../../contracts.ts';
import type { Access, Api, ApiEnv } from '../api-parts.ts';
import { readForm } from '../body.ts';
import { setPageHeaders, wantsPage } from './html-page.ts';
import { nextAddress, withoutToken } from './next-address.ts';
import { requestOrigin } from './request-origin.ts';
import { clearSignInCookie, isSameSecret, setSignInCookie } from './sign-in-cookie.ts';
import { renderSignInPage } from './sign-in-page.ts';
import { SIGN_IN_STYLE } from './sign-in-style.ts';

/** Answers to wrong tokens that may be held back at once; more are refused. */
const MOST_DELAYED = 16;
const FREE = new Set([
  'GET /sign-in',
  'HEAD /sign-in',
  'POST /sign-in',
  'POST /sign-out',
  'GET /sign-in.css',
]);
/** What is no page, so a parameter `token` signs nobody in there. */
const NO_PAGES = /^\/(?:api|metrics|assets)(?:\/|$)/;

/** Whether everybody may ask this, whatever else the address is protected by. */
export function isForSignIn({ req: { method, path } }: Context<ApiEnv>): boolean {
  return FREE.has(`${method} ${path}`);
}

/** Lets browsers in: by the token in the address of a page, or by the page that asks for it. */
export class SignIn {
  readonly #access: Access;
  readonly #delayMs: number;
  #delayed = 0;

  constructor(access: Access, delayMs: number) {
    this.#access = access;
    this.#delayMs = delayMs;
  }

  /** Goes on to the same page without the token, which so leaves address bar, history and referrer. */
  readonly byAddress: MiddlewareHandler<ApiEnv> = async (context, next) => {
    const { method, path } = context.req;
    const given = method === 'GET' && !NO_PAGES.test(path) ? context.req.query('token') : undefined;
    if (given === undefined) return await next();
    const wanted = path === '/sign-in' ? context.req.query('next') : withoutToken(context.req.url);
    return await this.#enter(context, given, nextAddress(wanted));
  };

  addRoutes(api: Api): void {
    api.get('/sign-in', (context) => {
      const next = nextAddress(context.req.query('next'));
      return context.get('isTrusted') ? context.redirect(next, 303) : this.page(context, next, 200);
    });
    api.post('/sign-in', async (context) => {
      requireNoForeignPage(context);
      const form = await readForm(context);
      return await this.#enter(
        context,
        (form.get('token') ?? '').trim(),
        nextAddress(form.get('next') ?? '/'),
      );
    });
    api.post('/sign-out', (context) => {
      requireNoForeignPage(context);
      clearSignInCookie(context);
      return context.redirect('/sign-in', 303);
    });
    api.get('/sign-in.css', (context) => {
      context.header('cache-control', 'no-cache');
      return context.body(SIGN_IN_STYLE, 200, { 'content-type': 'text/css; charset=utf-8' });
    });
  }

  /** Instead of a refusal where a browser shows it; null where a program reads it. */
  pageInstead(context: Context<ApiEnv>): Response | null {
    if (!wantsPage(context)) return null;
    return this.page(context, nextAddress(withoutToken(context.req.url)), 401);
  }

  page(context: Context<ApiEnv>, next: string, status: 200 | 401, wasWrong = false): Response {
    setPageHeaders(context);
    // Without any referrer the form would say that it comes from nowhere, and nobody could tell it from another site's.
    context.header('referrer-policy', 'same-origin');
    const canGoOn = this.#access.kind === 'loopback';
    return context.html(renderSignInPage({ next, wasWrong, canGoOn }), status);
  }

  async #enter(context: Context<ApiEnv>, given: string, next: string): Promise<Response> {
    const { token } = this.#access;
    if (token !== undefined) {
      if (!isSameSecret(given, token)) {
        await this.#delay();
        return this.page(context, next, 401, true);
      }
      setSignInCookie(context, token);
    }
    return context.redirect(next, 303);
  }

  /** Makes guessing slow. Raises BUSY. */
  async #delay(): Promise<void> {
    if (this.#delayed >= MOST_DELAYED)
      throw new TransportError('BUSY', 'too many wrong tokens; try again later');
    this.#delayed += 1;
    try {
      await sleep(this.#delayMs);
    } finally {
      this.#delayed -= 1;
    }
  }
}

function requireNoForeignPage(context: Context<ApiEnv>): void {
  if (requestOrigin(context) !== 'foreign') return;
  throw new TransportError('FORBIDDEN', 'pages of other sites may sign nobody in or out');
}
