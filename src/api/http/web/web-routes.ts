import type { Context } from 'hono';
import { TransportError } from '../../contracts.ts';
import type { Api, ApiEnv, ApiParts } from '../api-parts.ts';
import { setPageHeaders, wantsPage } from '../access/html-page.ts';
import { renderNotBuiltPage } from '../access/sign-in-page.ts';
import { acceptedEncodings } from './web-assets.ts';
import type { WebAsset } from './web-assets.ts';

/** Files with a hash in their name: under one name there is ever only one content. */
const HASHED = '/assets/';
const FOREVER = 'public, max-age=31536000, immutable';
/** What the dashboard does not route by itself. */
const NO_PAGES = /^\/(?:api|metrics|assets|sign-in|sign-out)(?:\/|$)/;

/** `GET /` for a browser; for everybody else it lists what there is to ask. */
export function addFirstPage(api: Api, parts: ApiParts): void {
  api.get('/', async (context, next) => {
    context.header('vary', 'accept');
    return wantsPage(context) ? await answerPage(context, parts) : await next();
  });
}

/** The files of the dashboard, and its first page at every address that it routes by itself. Comes after all routes. */
export function addWebRoutes(api: Api, parts: ApiParts): void {
  api.get('*', async (context, next) => {
    const { path } = context.req;
    const asset = parts.web?.find(path) ?? null;
    // The first page has its own headers, and one address is enough for it.
    if (asset !== null && asset !== parts.web?.index) return await answerAsset(context, asset);
    if (NO_PAGES.test(path) || !wantsPage(context)) return await next();
    return await answerPage(context, parts);
  });
}

async function answerPage(context: Context<ApiEnv>, { web }: ApiParts): Promise<Response> {
  setPageHeaders(context);
  const index = web?.index ?? null;
  return index === null ? context.html(renderNotBuiltPage(), 404) : await answerAsset(context, index);
}

async function answerAsset(context: Context<ApiEnv>, asset: WebAsset): Promise<Response> {
  const { content, name } = await encode(asset, context.req.header('accept-encoding'));
  const tag = `"${asset.hash}${name === null ? '' : `-${name}`}"`;
  context.header('etag', tag);
  context.header('vary', 'accept-encoding', { append: true });
  context.header('cache-control', context.req.path.startsWith(HASHED) ? FOREVER : 'no-cache');
  if (isKnown(context.req.header('if-none-match'), tag)) return context.body(null, 304);
  if (name !== null) context.header('content-encoding', name);
  context.header('content-type', asset.contentType);
  context.header('content-length', String(content.byteLength));
  return context.body(content);
}

async function encode(asset: WebAsset, accepted: string | undefined) {
  for (const name of acceptedEncodings(accepted)) {
    const content = await asset.encoded(name);
    if (content !== null) return { content, name };
  }
  return { content: asset.content, name: null };
}

function isKnown(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  return header.split(',').some((known) => known.trim().replace(/^W\//, '') === tag || known.trim() === '*');
}

export function nothingHere(): TransportError {
  return new TransportError('NOT_FOUND', 'there is nothing at this address; GET / lists what there is');
}
