import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { listen } from '../../src/daemon/http-server.ts';
import type { ListeningServer } from '../../src/daemon/http-server.ts';
import { runWatch } from '../../src/daemon/watch.ts';
import type { Watch } from '../../src/daemon/watch.ts';
import { loadWebAssets } from '../../src/daemon/web-assets.ts';
import { createMemoryHistory } from '../../src/history/memory/memory-history.ts';
import { runCliHere } from '../kit/airglow-cli.ts';
import { scriptedApi } from '../kit/scripted-api.ts';
import { ScriptedObserver } from '../kit/scripted-observer.ts';

/** The dashboard as browsers and others get it, over real sockets. */
const TOKEN = 'right-token-'.repeat(4);
const SCRIPT = 'export const answer = 42;\n'.repeat(500);
const SECRET = '/api/targets/db1/sessions';
const BROWSER = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

let folder: string;
let server: ListeningServer | null = null;
const watches: Watch[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'airglow-dashboard-'));
});

afterEach(async () => {
  await server?.close();
  server = null;
  await Promise.all(watches.splice(0).map((running) => running.stop()));
  await rm(folder, { recursive: true, force: true });
});

async function serve(kind: 'loopback' | 'token' = 'loopback'): Promise<string> {
  const web = join(folder, 'web');
  await mkdir(join(web, 'assets'), { recursive: true });
  await writeFile(join(folder, 'token'), TOKEN);
  await writeFile(join(web, 'index.html'), '<!doctype html><title>Airglow</title>');
  await writeFile(join(web, 'assets', 'app-1.js'), SCRIPT);
  const limits = { signInDelayMs: 20 };
  const { api } = scriptedApi({ access: { kind, token: TOKEN }, web: await loadWebAssets(web), limits });
  server = await listen(api, { host: '127.0.0.1', port: 0 });
  return server.url;
}

interface Answer {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** As it goes over the wire: nothing is followed, unpacked, or made of the headers. */
async function get(address: string, headers: Record<string, string> = {}): Promise<Answer> {
  return await new Promise((resolve, reject) => {
    const asked = request(address, { headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    });
    asked.on('error', reject);
    asked.end();
  });
}

async function signIn(url: string, token: string): Promise<string> {
  const { headers } = await get(`${url}/?token=${token}`, BROWSER);
  return headers['set-cookie']?.[0]?.split(';')[0] ?? '';
}

describe('signing in', () => {
  test('the right token lets a browser in, a wrong one does not', async () => {
    const url = await serve();
    const wrong = await get(`${url}/db/db1/load?token=wrong`, BROWSER);
    expect(wrong.status).toBe(401);
    expect(wrong.headers['set-cookie']).toBeUndefined();
    expect(wrong.body.toString()).toContain('That is not the token');

    const right = await get(`${url}/db/db1/load?from=1&token=${TOKEN}`, BROWSER);
    expect({ status: right.status, to: right.headers['location'] }).toEqual({
      status: 303,
      to: '/db/db1/load?from=1',
    });
    const cookie = right.headers['set-cookie']?.[0] ?? '';
    expect(cookie).toMatch(
      new RegExp(
        `^airglow-${new URL(url).port}=[\\w-]{43}; Max-Age=\\d+; Path=/; HttpOnly; SameSite=Strict$`,
      ),
    );
    const known = { cookie: cookie.split(';')[0] ?? '' };
    expect((await get(`${url}${SECRET}`)).status).toBe(401);
    expect((await get(`${url}${SECRET}`, known)).status).toBe(200);
    expect((await get(`${url}${SECRET}`, { ...known, origin: 'http://127.0.0.1:3000' })).status).toBe(401);
    expect((await get(`${url}${SECRET}`, { ...known, host: 'evil.example' })).status).toBe(403);
  });

  test('the form does the same', async () => {
    const url = await serve('token');
    const post = (token: string) =>
      fetch(`${url}/sign-in`, {
        method: 'POST',
        body: new URLSearchParams({ token, next: '/db/db1' }),
        headers: { origin: url },
        redirect: 'manual',
      });
    expect((await post('wrong')).status).toBe(401);
    const { status, headers } = await post(TOKEN);
    expect({ status, to: headers.get('location') }).toEqual({ status: 303, to: '/db/db1' });
    const cookie = headers.get('set-cookie')?.split(';')[0] ?? '';
    expect((await get(`${url}/db/db1`, { ...BROWSER, cookie })).body.toString()).toContain(
      '<title>Airglow</title>',
    );
    expect((await get(`${url}/db/db1`, BROWSER)).status).toBe(401);
    expect((await get(`${url}/assets/app-1.js`)).status).toBe(401);
    expect((await get(`${url}/sign-in.css`)).status).toBe(200);
  });

  test('lasts when the daemon is started again, and ends with its token', async () => {
    const dataDir = join(folder, 'data');
    const first = await watch(dataDir);
    const { port } = new URL(first.url);
    const cookie = await signIn(first.url, first.token);
    const isTrusted = async (url: string) =>
      (JSON.parse((await get(`${url}/api/session`, { cookie })).body.toString()) as { isTrusted: boolean })
        .isTrusted;
    expect(await isTrusted(first.url)).toBe(true);
    await first.stop();
    const second = await watch(dataDir, Number(port));
    expect(await isTrusted(second.url)).toBe(true);
    await second.stop();
    await rm(join(dataDir, 'token'));
    expect(await isTrusted((await watch(dataDir, Number(port))).url)).toBe(false);
  });
});

describe('the files', () => {
  test('come compressed, and from the cache where they are known', async () => {
    const url = await serve();
    const address = `${url}/assets/app-1.js`;
    const plain = await get(address);
    const br = await get(address, { 'accept-encoding': 'gzip, deflate, br' });
    const gzip = await get(address, { 'accept-encoding': 'gzip' });
    expect(plain.body.toString()).toBe(SCRIPT);
    expect(brotliDecompressSync(br.body).toString()).toBe(SCRIPT);
    expect(gunzipSync(gzip.body).toString()).toBe(SCRIPT);
    expect([plain, br, gzip].map(({ headers }) => headers['content-encoding'])).toEqual([
      undefined,
      'br',
      'gzip',
    ]);
    expect(br.headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'content-length': String(br.body.byteLength),
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
      vary: 'accept-encoding',
    });
    const tag = String(br.headers['etag']);
    const known = await get(address, { 'accept-encoding': 'br', 'if-none-match': tag });
    expect({ status: known.status, bytes: known.body.byteLength }).toEqual({ status: 304, bytes: 0 });
  });

  test('pages that the dashboard routes by itself are its first page, under a strict policy', async () => {
    const url = await serve();
    for (const path of ['/', '/db/db1', '/db/db1/load?from=1&to=2', '/db/a%20b/capacity']) {
      const { status, headers, body } = await get(`${url}${path}`, BROWSER);
      expect({ path, status, body: body.toString() }).toEqual({
        path,
        status: 200,
        body: '<!doctype html><title>Airglow</title>',
      });
      expect(headers).toMatchObject({
        'content-security-policy': expect.stringMatching(/^default-src 'none'; script-src 'self';/) as string,
        'cache-control': 'no-cache',
        'referrer-policy': 'no-referrer',
        'x-frame-options': 'DENY',
        'cross-origin-opener-policy': 'same-origin',
      });
      expect(headers['strict-transport-security']).toBeUndefined();
    }
    expect(JSON.parse((await get(`${url}/`)).body.toString())).toMatchObject({ name: 'airglow' });
  });

  test('lead nowhere else', async () => {
    const url = await serve();
    const paths = [
      '/assets/../../token',
      '/assets/..%2f..%2ftoken',
      '/assets/%2e%2e/%2e%2e/token',
      '/assets/..%5c..%5ctoken',
      '/assets/%252e%252e%252ftoken',
      '/../token',
      '/%2e%2e%2ftoken',
      '/assets/app-1.js/../../../token',
      '/assets/app-1.js%00.html',
      '//token',
      `${folder}/token`,
      '/assets/',
    ];
    for (const path of paths) {
      for (const accept of ['*/*', BROWSER.accept]) {
        const answer = await raw(url, `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: ${accept}\r\n\r\n`);
        expect({ path, leaks: answer.includes(TOKEN) }).toEqual({ path, leaks: false });
        expect({ path, answer }).toEqual({
          path,
          answer: expect.stringMatching(/^HTTP\/1\.1 (?:40[04]|200 OK[^]*<title>Airglow<\/title>)/) as string,
        });
      }
    }
  });
});

describe('airglow dashboard', () => {
  test('prints the address that signs in, of the first page and of a database', async () => {
    const running = await watch(folder);
    const { url, token } = running;
    const run = (...args: string[]) => runCliHere(['dashboard', ...args, '--data', folder]);
    expect(await run()).toEqual({ code: 0, out: `${url}/?token=${token}\n`, err: '' });
    const { out } = await run('db 1');
    expect(out).toBe(`${url}/db/db%201?token=${token}\n`);
    expect((await get(out.trim(), BROWSER)).headers['location']).toBe('/db/db%201');
    expect(JSON.parse((await run('--json')).out)).toMatchObject({
      address: `${url}/?token=${token}`,
      withoutToken: `${url}/`,
      url,
      token,
      folder,
      pid: process.pid,
    });
    const opened = await run('--open');
    expect(opened).toMatchObject({ code: 0, err: expect.stringContaining('no display') as string });
    expect((await readFile(join(folder, 'token'), 'utf8')).trim()).toBe(token);
    await running.stop();
  });

  test('says what to start where nothing runs', async () => {
    for (const args of [
      ['--data', folder],
      ['--state', folder],
    ]) {
      const { code, out, err } = await runCliHere(['dashboard', ...args]);
      expect({ code, out, err }).toEqual({
        code: 1,
        out: '',
        err: expect.stringMatching(/start it with airglow (?:watch|up)[^]*DAEMON_NOT_RUNNING/) as string,
      });
    }
    expect((await runCliHere(['dashboard', '--data', 'a', '--state', 'b'])).err).toContain(
      'INVALID_ARGUMENT',
    );
  });
});

async function watch(dataDir: string, port = 0): Promise<Watch> {
  const running = await runWatch(
    {
      targets: [{ name: 'db1', url: 'postgres://nobody@127.0.0.1:1/none' }],
      listen: { host: '127.0.0.1', port },
      dataDir,
      intervalMs: 1000,
      retentionDays: 7,
      log: () => {},
    },
    {
      createObserver: ({ target }) => new ScriptedObserver(target),
      openHistory: async () => createMemoryHistory({ retentionMs: 86_400_000 }),
    },
  );
  watches.push(running);
  return running;
}

/** What no client would send. */
async function raw(url: string, text: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  let received = '';
  socket.on('data', (bytes: Buffer) => (received += bytes.toString('latin1')));
  socket.end(text);
  await new Promise((resolve, reject) => {
    socket.once('close', resolve);
    socket.once('error', reject);
  });
  return received;
}
