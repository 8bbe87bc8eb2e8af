import { describe, expect, test } from 'vitest';
import { scriptedApi } from '../../../../test/kit/scripted-api.ts';
import type { WebAsset, WebAssets } from './web-assets.ts';

const PAGE = { accept: 'text/html,*/*;q=0.8' };

function asset(text: string, contentType: string): WebAsset {
  const bytes = (content: string) => new Uint8Array(Buffer.from(content));
  return {
    contentType,
    hash: `hash of ${text}`,
    content: bytes(text),
    encoded: async (encoding) => (text.length > 10 ? bytes(`${encoding}!`) : null),
  };
}

const FILES = new Map([
  ['/index.html', asset('<!doctype html>', 'text/html; charset=utf-8')],
  ['/favicon.svg', asset('<svg/>', 'image/svg+xml')],
  ['/assets/app-1.js', asset('console.log(1)', 'text/javascript; charset=utf-8')],
]);
const web: WebAssets = { index: FILES.get('/index.html') ?? null, find: (path) => FILES.get(path) ?? null };
const { api } = scriptedApi({ web });

describe('the dashboard', () => {
  test.each(['/', '/db/shop', '/db/shop/load?from=1', '/db/a%2Fb/now', '/index.html', '/anything'])(
    'is what a browser gets at %s',
    async (path) => {
      const response = await api.request(path, { headers: PAGE });
      expect(response.status).toBe(200);
      expect(await response.text()).toBe('<!doctype html>');
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-cache',
        'content-security-policy':
          "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; " +
          "font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
        'referrer-policy': 'no-referrer',
        'x-frame-options': 'DENY',
        'cross-origin-opener-policy': 'same-origin',
        'x-content-type-options': 'nosniff',
      });
    },
  );

  test('leaves the API what it was', async () => {
    for (const accept of ['*/*', 'application/json', '']) {
      const response = await api.request('/', { headers: { accept } });
      expect(await response.json()).toMatchObject({ name: 'airglow' });
      expect(response.headers.get('vary')).toBe('accept');
    }
    for (const path of ['/api/nothing', '/api', '/metrics/x', '/assets/none.js', '/assets/', '/assets']) {
      const response = await api.request(path, { headers: PAGE });
      expect({ path, status: response.status }).toEqual({ path, status: 404 });
      expect(await response.json()).toMatchObject({ code: 'NOT_FOUND' });
    }
    expect((await api.request('/db/shop')).status).toBe(404);
    expect((await api.request('/db/shop', { method: 'POST', headers: PAGE })).status).toBe(405);
  });

  test('keeps files with a hash in their name for good, others not', async () => {
    const script = await api.request('/assets/app-1.js');
    expect(script.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(script.headers.get('content-security-policy')).toBeNull();
    const icon = await api.request('/favicon.svg', { headers: PAGE });
    expect(icon.headers.get('cache-control')).toBe('no-cache');
    expect(await icon.text()).toBe('<svg/>');
  });

  test('is compressed as the browser takes it, with a tag for each form', async () => {
    const get = async (encoding: string, headers: Record<string, string> = {}) => {
      const response = await api.request('/assets/app-1.js', {
        headers: { 'accept-encoding': encoding, ...headers },
      });
      const { headers: got } = response;
      return {
        status: response.status,
        text: await response.text(),
        encoding: got.get('content-encoding'),
        tag: got.get('etag') ?? '',
        vary: got.get('vary'),
      };
    };
    const plain = await get('');
    const br = await get('gzip, br');
    const gzip = await get('gzip');
    expect([plain.text, br.text, gzip.text]).toEqual(['console.log(1)', 'br!', 'gzip!']);
    expect([plain.encoding, br.encoding, gzip.encoding]).toEqual([null, 'br', 'gzip']);
    expect(new Set([plain.tag, br.tag, gzip.tag]).size).toBe(3);
    expect(br.tag).toMatch(/^"[^"]+"$/);
    expect(br.vary).toBe('accept-encoding');
    const again = await get('br', { 'if-none-match': `"x", ${br.tag}` });
    expect({ status: again.status, text: again.text }).toEqual({ status: 304, text: '' });
    expect((await get('br', { 'if-none-match': gzip.tag })).status).toBe(200);
  });

  test('says how it is built where it was not', async () => {
    for (const without of [scriptedApi().api, scriptedApi({ web: { index: null, find: () => null } }).api]) {
      const response = await without.request('/db/shop', { headers: PAGE });
      expect(response.status).toBe(404);
      expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(await response.text()).toContain('<code>npm run build</code>');
    }
  });
});
