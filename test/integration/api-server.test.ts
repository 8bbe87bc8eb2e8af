import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ApiClient } from '../../src/api/client.ts';
import { listen } from '../../src/daemon/http-server.ts';
import type { ListeningServer } from '../../src/daemon/http-server.ts';
import { NOW, scriptedApi, withLoad } from '../kit/scripted-api.ts';
import { scriptedSample, scriptedTick } from '../kit/scripted-observer.ts';
import { waitFor } from '../kit/wait-for.ts';

/** The API over real sockets; what is observed is scripted. */
let scripted: ReturnType<typeof scriptedApi>;
let server: ListeningServer;
let client: ApiClient;
const sockets: Socket[] = [];

async function serve(change: Parameters<typeof scriptedApi>[0] = {}): Promise<void> {
  scripted = scriptedApi(change);
  await withLoad(scripted);
  server = await listen(scripted.api, { host: '127.0.0.1', port: 0 });
  client = new ApiClient({ url: server.url });
}

beforeEach(() => serve());

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  scripted.closing.abort();
  await server.close();
});

async function rawConnection(text: string | Buffer): Promise<{ socket: Socket; received: () => string }> {
  const { port } = new URL(server.url);
  const socket = connect(Number(port), '127.0.0.1');
  sockets.push(socket);
  let received = '';
  socket.on('data', (bytes: Buffer) => (received += bytes.toString('latin1')));
  socket.on('error', () => {});
  await new Promise((resolve) => socket.once('connect', resolve));
  socket.write(text);
  return { socket, received: () => received };
}

test('the client asks everything there is to ask', async () => {
  expect((await client.health()).status).toBe('ok');
  expect((await client.targets()).targets).toHaveLength(2);
  expect((await client.target('db1')).vcpus).toBe(2);
  const load = await client.load('db1', {
    from: NOW - 600_000,
    to: NOW,
    groupBy: 'db.user',
    period: 60,
    limit: 5,
  });
  expect(load.series.map(({ key }) => key)).toEqual(['app', 'batch']);
  const filter = { 'db.wait_event': ['Lock:tuple'] };
  expect(
    (await client.top('db1', { from: '-10m', groupBy: 'db.user', partitionBy: 'db.wait_event', filter }))
      .rows,
  ).toMatchObject([{ key: 'batch', aas: 0.5 }]);
  expect((await client.statements('db1')).statements).toHaveLength(2);
  expect((await client.sessions('db1')).sessions).toEqual([]);
  expect((await client.counters('db1', { metrics: ['pg_stat_statements.calls'] })).series).toHaveLength(1);
  expect((await client.events('db1', { severity: 'error' })).events).toHaveLength(1);
});

test('the client raises what the server says, and says when nothing is there', async () => {
  await expect(client.load('db9')).rejects.toMatchObject({ code: 'UNKNOWN_TARGET' });
  await expect(client.load('db1', { from: 'x' })).rejects.toMatchObject({ code: 'INVALID_QUERY' });
  const { port } = new URL(server.url);
  await server.close();
  const nobody = new ApiClient({ url: `http://127.0.0.1:${port}` });
  await expect(nobody.health()).rejects.toMatchObject({ code: 'NO_ANSWER' });
});

test('live ticks reach several clients, until the server stops', async () => {
  const following = [1, 2, 3].map(async () => {
    const seen: string[] = [];
    for await (const { event } of client.live({ targets: ['db1'], groupBy: ['db.user'] })) seen.push(event);
    return seen;
  });
  await waitFor(async () => (await client.health()).liveClients === 3, { what: 'three live clients' });
  scripted.observer.tick(scriptedTick(NOW));
  await new Promise((resolve) => setTimeout(resolve, 100));
  scripted.closing.abort();
  expect(await Promise.all(following)).toEqual([1, 2, 3].map(() => ['hello', 'tick']));
  await server.close();
});

test('a live client that goes away gives its place back', async () => {
  const leaving = new AbortController();
  const events = client.live({ signal: leaving.signal });
  await events.next();
  expect((await client.health()).liveClients).toBe(1);
  leaving.abort();
  await expect(events.next()).rejects.toThrow(/abort/i);
  await waitFor(async () => (await client.health()).liveClients === 0, { what: 'the place' });
});

test('a live client that does not read is cut off; until then it costs little memory and holds nobody up', async () => {
  scripted.closing.abort();
  await server.close();
  await serve({ limits: { heartbeatMs: 50, stallMs: 2000 } });
  const { socket } = await rawConnection('GET /api/live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
  await waitFor(async () => (await client.health()).liveClients === 1, { what: 'the live client' });
  socket.pause();
  const samples = Array.from({ length: 200 }, (_, index) =>
    scriptedSample(5, { 'db.wait_event': `IO:${'x'.repeat(200)}${index}` }),
  );
  const before = process.memoryUsage().heapUsed;
  const flood = setInterval(() => {
    for (let count = 0; count < 40; count++) scripted.observer.tick(scriptedTick(NOW, samples));
  }, 10);
  try {
    await waitFor(async () => (await client.health()).liveClients === 0, {
      what: 'the cut',
      timeoutMs: 60_000,
    });
  } finally {
    clearInterval(flood);
  }
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(150 * 1024 * 1024);
}, 90_000);

test('garbage on the port hurts nobody', async () => {
  const garbage = [
    Buffer.from(Array.from({ length: 4096 }, (_, index) => (index * 7919) % 256)),
    Buffer.from([22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3]),
    '\0\0\0\u0008\u0004\u00d2\u0016/',
    'GET / HTTP/9.9\r\n\r\n',
    'GET /api/health HTTP/1.1\r\n\r\n',
    `GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`,
    `GET /${'x'.repeat(100_000)} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`,
    'GET //evil/..%00 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n',
    'GET http://evil.example/api/health HTTP/1.1\r\nHost: evil.example\r\n\r\n',
    'GET /%ff%fe HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n',
    'GET /api/targets/%E0%A4%A HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n',
    'GET /api/targets/db1/load?from=%E0%A4%A HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n',
    'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n',
    'CONNECT x:1 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n',
    'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    'TRACE / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n',
  ];
  const connections = await Promise.all(garbage.map((bytes) => rawConnection(bytes)));
  await waitFor(
    () =>
      connections.slice(1).filter(({ socket, received }) => socket.closed || received() !== '').length >= 12,
    {
      what: 'answers to most of the garbage',
    },
  );
  for (const { received } of connections) expect(received()).not.toMatch(/^HTTP\/1\.1 5/);
  for (const { socket } of connections) socket.destroy();
  expect((await client.health()).status).toBe('ok');
  expect(scripted.log).toEqual([]);
});

test('half a request is not waited for forever', async () => {
  const { socket } = await rawConnection('GET /api/health HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ');
  const drip = setInterval(() => socket.writable && socket.write('x'), 200);
  try {
    await waitFor(() => socket.closed || socket.readyState !== 'open', {
      what: 'the end',
      timeoutMs: 50_000,
    });
  } finally {
    clearInterval(drip);
  }
  expect((await client.health()).status).toBe('ok');
});

test('a port in use is said, with the way out', async () => {
  const port = Number(new URL(server.url).port);
  await expect(listen(scripted.api, { host: '127.0.0.1', port })).rejects.toMatchObject({
    code: 'PORT_IN_USE',
    message: expect.stringContaining('--listen') as string,
  });
  await expect(listen(scripted.api, { host: '203.0.113.1', port: 0 })).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
  });
});

test('closing does not wait for those who stay connected', async () => {
  const { socket } = await rawConnection('GET /api/health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
  const { socket: silent } = await rawConnection('');
  await server.close();
  await waitFor(() => socket.closed && silent.closed, { what: 'the end of both connections' });
  expect([socket.closed, silent.closed]).toEqual([true, true]);
});
