import { beforeEach, describe, expect, test } from 'vitest';
import { scriptedApi } from '../../../../test/kit/scripted-api.ts';
import { ScriptedFleet } from '../../../../test/kit/scripted-fleet.ts';
import { sessionAnswer } from '../../contracts.ts';
import { cookieName, cookieValue } from './sign-in-cookie.ts';

const TOKEN = 'T-'.repeat(21);
const HOST = '127.0.0.1:8642';
const COOKIE = `airglow-8642=${cookieValue(TOKEN)}`;
const PAGE = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const SECRET = '/api/targets/db1/sessions';

type Kind = 'loopback' | 'token';
let fleet: ScriptedFleet;
let api: ReturnType<typeof scriptedApi>['api'];

function serve(kind: Kind, signInDelayMs = 20): void {
  api = scriptedApi({ fleet, access: { kind, token: TOKEN }, limits: { signInDelayMs } }).api;
}

beforeEach(async () => {
  fleet = new ScriptedFleet();
  await fleet.create({ name: 'shop' });
  serve('loopback');
});

async function ask(path: string, headers: Record<string, string> = {}, init: RequestInit = {}) {
  const response = await api.request(path, { ...init, headers: { host: HOST, ...headers } });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

const post = (path: string, body: string, headers: Record<string, string> = {}) =>
  ask(path, { ...FORM, ...headers }, { method: 'POST', body });

describe('the token in the address', () => {
  test('signs in, and goes on to the same page without it', async () => {
    const { status, headers, text } = await ask(`/db/shop/load?from=1&token=${TOKEN}&to=2`, PAGE);
    expect({ status, text, to: headers.get('location') }).toEqual({
      status: 303,
      text: '',
      to: '/db/shop/load?from=1&to=2',
    });
    const cookie = headers.get('set-cookie') ?? '';
    expect(cookie).toBe(`${COOKIE}; Max-Age=15552000; Path=/; HttpOnly; SameSite=Strict`);
    expect(cookie).not.toContain(TOKEN);
    expect(headers.get('cache-control')).toBe('no-store');
  });

  test('of the page that asks for it leads on to what was wanted', async () => {
    const { headers } = await ask(`/sign-in?next=/db/shop&token=${TOKEN}`, PAGE);
    expect(headers.get('location')).toBe('/db/shop');
  });

  test('never leads to another host', async () => {
    const { status, headers } = await ask(`//evil.example/?token=${TOKEN}`, PAGE);
    expect({ status, to: headers.get('location') }).toEqual({ status: 303, to: '/' });
  });

  test('is asked for again when it is wrong', async () => {
    for (const kind of ['loopback', 'token'] as const) {
      serve(kind);
      const { status, headers, text } = await ask('/db/shop?token=wrong&from=1', PAGE);
      expect(status).toBe(401);
      expect(headers.get('set-cookie')).toBeNull();
      expect(text).toContain('That is not the token');
      expect(text).toContain('name="next" value="/db/shop?from=1"');
    }
  });

  test('is no parameter of the API', async () => {
    expect((await ask(`/api/health?token=${TOKEN}`)).status).toBe(400);
    expect((await ask(`${SECRET}?token=${TOKEN}`)).status).toBe(401);
  });
});

describe('the page that asks for the token', () => {
  test('needs none itself, and has nothing inline', async () => {
    serve('token');
    const { status, headers, text } = await ask('/sign-in?next=/db/shop', PAGE);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toMatch(/^text\/html; charset=utf-8/i);
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self'/);
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(text).toContain('airglow dashboard');
    expect(text).toContain('value="/db/shop"');
    expect(text).not.toMatch(/<script|<style|\son\w+=|\sstyle=/i);
    const style = await ask('/sign-in.css');
    expect({ status: style.status, type: style.headers.get('content-type') }).toEqual({
      status: 200,
      type: 'text/css; charset=utf-8',
    });
  });

  test('shows what came with the address as text', async () => {
    const { text } = await ask(`/sign-in?next=${encodeURIComponent('/"><script>alert(1)</script>')}`, PAGE);
    expect(text).not.toContain('<script');
    expect(text).not.toContain('"><');
  });

  test('signs in and goes on', async () => {
    serve('token');
    const answer = await post('/sign-in', `token=+${TOKEN}%0A&next=%2Fdb%2Fshop%3Ffrom%3D1`);
    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toBe('/db/shop?from=1');
    expect(answer.headers.get('set-cookie')).toContain(COOKIE);
    const away = await post('/sign-in', `token=${TOKEN}&next=${encodeURIComponent('//evil.example')}`);
    expect(away.headers.get('location')).toBe('/');
  });

  test('refuses another token, other bodies and pages of other sites', async () => {
    const wrong = await post('/sign-in', 'token=wrong&next=/db/shop');
    expect({ status: wrong.status, cookie: wrong.headers.get('set-cookie') }).toEqual({
      status: 401,
      cookie: null,
    });
    expect(wrong.text).toContain('That is not the token');
    expect((await post('/sign-in', `next=/`)).status).toBe(401);
    const json = { 'content-type': 'application/json' };
    expect((await post('/sign-in', JSON.stringify({ token: TOKEN }), json)).status).toBe(415);
    expect((await post('/sign-in', `token=${'x'.repeat(9000)}`)).status).toBe(413);
    const right = `token=${TOKEN}`;
    expect((await post('/sign-in', right, { origin: 'http://evil.example' })).status).toBe(403);
    expect((await post('/sign-in', right, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await post('/sign-in', right, { origin: `http://${HOST}` })).status).toBe(303);
    expect((await post('/sign-in', right, { origin: 'null', 'sec-fetch-site': 'same-origin' })).status).toBe(
      303,
    );
  });

  test('holds back the answers to wrong tokens, and does not take any number of them', async () => {
    serve('loopback', 1000);
    const from = performance.now();
    const answers = await Promise.all(Array.from({ length: 40 }, () => post('/sign-in', 'token=guess')));
    expect(performance.now() - from).toBeGreaterThan(990);
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(16);
    expect(statuses.filter((status) => status === 503)).toHaveLength(24);
    expect((await post('/sign-in', `token=${TOKEN}`)).status).toBe(303);
  });

  test('is left by signing out', async () => {
    const { status, headers } = await post('/sign-out', '', { cookie: COOKIE, origin: `http://${HOST}` });
    expect({ status, to: headers.get('location') }).toEqual({ status: 303, to: '/sign-in' });
    expect(headers.get('set-cookie')).toMatch(/^airglow-8642=; Max-Age=0; Path=\/; HttpOnly/);
    expect((await post('/sign-out', '', { origin: 'http://evil.example' })).status).toBe(403);
  });

  test('is not needed by who has signed in, nor where there is no token', async () => {
    const known = await ask('/sign-in?next=/db/shop', { ...PAGE, cookie: COOKIE });
    expect({ status: known.status, to: known.headers.get('location') }).toEqual({
      status: 303,
      to: '/db/shop',
    });
    api = scriptedApi().api;
    expect((await ask('/sign-in?next=/db/shop', PAGE)).headers.get('location')).toBe('/db/shop');
    expect((await post('/sign-in', 'token=x&next=/db/shop')).headers.get('location')).toBe('/db/shop');
  });
});

describe('the cookie', () => {
  const change = { method: 'POST', body: '{}' };
  const stop = '/api/clusters/shop/stop';
  const json = { cookie: COOKIE, 'content-type': 'application/json' };

  test('is trusted as the token is, under the name of the port only', async () => {
    expect((await ask(SECRET)).status).toBe(401);
    expect((await ask(SECRET, { cookie: COOKIE })).status).toBe(200);
    expect((await ask(SECRET, { cookie: `a=b; ${COOKIE}; c=d` })).status).toBe(200);
    expect((await ask(SECRET, { cookie: COOKIE.replace('8642', '8643') })).status).toBe(401);
    expect((await ask(SECRET, { cookie: `airglow-8642=${TOKEN}` })).status).toBe(401);
    expect((await ask(SECRET, { cookie: `airglow-8642=${cookieValue('another')}` })).status).toBe(401);
    expect((await ask(SECRET, { cookie: 'airglow-8642=' })).status).toBe(401);
    expect([cookieName('localhost:1'), cookieName('[::1]:22'), cookieName('a.example')]).toEqual([
      'airglow-1',
      'airglow-22',
      'airglow-80',
    ]);
  });

  test('changes something for pages of our own only', async () => {
    for (const headers of [
      {},
      { 'sec-fetch-site': 'none' },
      { origin: 'http://127.0.0.1:3000' },
      { origin: 'http://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'same-site', origin: 'http://127.0.0.1:3000' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-origin', origin: 'http://evil.example' },
    ]) {
      const { status } = await ask(stop, { ...json, ...headers }, change);
      // A cookie that a page of another origin caused to be sent does not count at all.
      expect({ headers, refused: status === 401 || status === 403 }).toEqual({ headers, refused: true });
    }
    expect(fleet.describe('shop').status).toBe('available');
    expect((await ask(stop, { ...json, origin: `http://${HOST}` }, change)).status).toBe(200);
    expect((await ask(stop, { ...json, 'sec-fetch-site': 'same-origin' }, change)).status).toBe(200);
    // A program with the token has no origin.
    const bearer = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
    expect((await ask(stop, bearer, change)).status).toBe(200);
  });

  test('is not counted where a page of another port reads', async () => {
    const from = { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors' };
    expect((await ask(SECRET, { cookie: COOKIE, ...from })).status).toBe(401);
    expect((await ask(SECRET, { cookie: COOKIE, origin: 'http://127.0.0.1:3000' })).status).toBe(401);
  });
});

describe('off loopback', () => {
  beforeEach(() => serve('token'));
  const host = 'db.example:8642';

  test('everything but signing in needs the token or the cookie', async () => {
    for (const path of [
      '/',
      '/db/shop',
      '/api/health',
      '/api/session',
      '/metrics',
      '/assets/app.js',
      '/sign-in.js',
    ]) {
      const refused = await ask(path, { host });
      expect({ path, status: refused.status }).toEqual({ path, status: 401 });
      expect(JSON.parse(refused.text)).toMatchObject({ code: 'UNAUTHORIZED' });
    }
    expect((await ask('/api/health', { host, cookie: COOKIE })).status).toBe(200);
    expect((await ask('/api/health', { host, authorization: `Bearer ${TOKEN}` })).status).toBe(200);
    expect((await post('/api/clusters', '{}', { host })).status).toBe(401);
  });

  test('a browser is shown where to sign in', async () => {
    const { status, headers, text } = await ask('/db/shop/load?from=1', { host, ...PAGE });
    expect(status).toBe(401);
    expect(headers.get('www-authenticate')).toBe('Bearer');
    expect(headers.get('content-security-policy')).toContain("form-action 'self'");
    expect(text).toContain('name="next" value="/db/shop/load?from=1"');
    expect(text).not.toContain('Go on without');
  });

  test('Origin must be the host that was asked', async () => {
    const trusted = { host, authorization: `Bearer ${TOKEN}` };
    expect((await ask('/api/health', { ...trusted, origin: 'http://evil.example' })).status).toBe(403);
    expect((await ask('/api/health', { ...trusted, origin: `http://${host}` })).status).toBe(200);
  });
});

describe('GET /api/session', () => {
  const session = async (headers: Record<string, string> = {}) =>
    sessionAnswer.parse(JSON.parse((await ask('/api/session', headers)).text));

  test('says what whoever asks may do', async () => {
    expect(await session()).toMatchObject({ isTrusted: false, signIn: 'possible', hasClusters: true });
    expect(await session({ cookie: COOKIE })).toMatchObject({ isTrusted: true, signIn: 'possible' });
    api = scriptedApi().api;
    expect(await session()).toMatchObject({ isTrusted: true, signIn: 'not needed', hasClusters: false });
  });
});
