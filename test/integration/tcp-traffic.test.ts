import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TcpTraffic } from '../../src/kernel/tcp-traffic.ts';
import { connectClient } from '../kit/client.ts';
import { startTestPostgres } from '../kit/postgres.ts';
import { waitFor } from '../kit/wait-for.ts';

/** A handshake may count for a byte of its own. */
const SPARE_BYTES_PER_CONNECTION = 2;

beforeEach((ctx) => {
  if (new TcpTraffic(1).look() === null) ctx.skip('sock_diag cannot be had here');
});

/** Looks until so much has grown in all, and says how much it was. */
async function grown(traffic: TcpTraffic, leastBytes: number): Promise<number> {
  let sum = 0;
  await waitFor(() => (sum += traffic.look()?.grownBytes ?? 0) >= leastBytes, {
    what: `${leastBytes} bytes of traffic`,
  });
  return sum;
}

describe('sockets', () => {
  let server: Server;
  let port: number;
  const accepted: Socket[] = [];
  const clients: Socket[] = [];

  beforeEach(async () => {
    server = createServer((socket) => {
      socket.on('error', () => {}).resume();
      accepted.push(socket);
    });
    server.listen(0, '::');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  });
  afterEach(async () => {
    for (const socket of [...clients.splice(0), ...accepted.splice(0)]) socket.destroy();
    server.close();
    await once(server, 'close');
  });

  async function open(host: string): Promise<Socket> {
    const client = connect(port, host);
    client.on('error', () => {}).resume();
    clients.push(client);
    const before = accepted.length;
    await once(client, 'connect');
    await waitFor(() => accepted.length > before, { what: 'a connection accepted' });
    return client;
  }

  it('counts both directions, over IPv4 and IPv6', async () => {
    const traffic = new TcpTraffic(port);
    expect(traffic.look()).toEqual({ connections: 0, grownBytes: 0 });
    for (const host of ['127.0.0.1', '::1']) {
      const client = await open(host);
      client.write(Buffer.alloc(70_000));
      accepted.at(-1)!.write(Buffer.alloc(300_000));
      const bytes = await grown(traffic, 370_000);
      expect(bytes).toBeLessThanOrEqual(370_000 + SPARE_BYTES_PER_CONNECTION);
    }
    expect(traffic.look()).toEqual({ connections: 2, grownBytes: 0 });
  });

  it('takes the first look as the beginning, and a connection made after it from zero', async () => {
    const old = await open('127.0.0.1');
    const watch = new TcpTraffic(port);
    watch.look();
    old.write(Buffer.alloc(50_000));
    await grown(watch, 50_000);

    const traffic = new TcpTraffic(port);
    expect(traffic.look()).toEqual({ connections: 1, grownBytes: 0 });
    (await open('127.0.0.1')).write(Buffer.alloc(20_000));
    expect(await grown(traffic, 20_000)).toBeLessThanOrEqual(20_000 + SPARE_BYTES_PER_CONNECTION);
  });

  it('goes on when connections end, and never counts downwards', async () => {
    const traffic = new TcpTraffic(port);
    traffic.look();
    const [first, second] = [await open('127.0.0.1'), await open('127.0.0.1')];
    first.write(Buffer.alloc(40_000));
    await grown(traffic, 40_000);
    first.destroy();
    const left = await waitFor(
      () => {
        const look = traffic.look();
        return look?.connections === 1 ? look : null;
      },
      { what: 'one connection left' },
    );
    expect(left.grownBytes).toBeGreaterThanOrEqual(0);
    expect(left.grownBytes).toBeLessThanOrEqual(SPARE_BYTES_PER_CONNECTION);
    second.write(Buffer.alloc(10_000));
    expect(await grown(traffic, 10_000)).toBeLessThanOrEqual(10_000 + SPARE_BYTES_PER_CONNECTION);
  });

  it('tells nothing of other ports', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const elsewhere = new TcpTraffic((other.address() as AddressInfo).port);
    elsewhere.look();
    const traffic = new TcpTraffic(port);
    traffic.look();
    (await open('127.0.0.1')).write(Buffer.alloc(30_000));
    await grown(traffic, 30_000);
    expect(elsewhere.look()).toEqual({ connections: 0, grownBytes: 0 });
    other.close();
  });

  it('reads an answer of many parts: 500 connections', async () => {
    const traffic = new TcpTraffic(port);
    traffic.look();
    for (let index = 0; index < 500; index++) (await open('127.0.0.1')).write(Buffer.alloc(1000));
    const bytes = await grown(traffic, 500_000);
    expect(bytes).toBeLessThanOrEqual(500 * (1000 + SPARE_BYTES_PER_CONNECTION));
    expect(traffic.look()?.connections).toBe(500);
  });
});

it("counts what PostgreSQL sends: a COPY's rows and five bytes each", async () => {
  const postgres = await startTestPostgres();
  try {
    const port = Number(new URL(postgres.url).port);
    await using client = await connectClient(postgres.url);
    const traffic = new TcpTraffic(port);
    expect(traffic.look()).toEqual({ connections: 1, grownBytes: 0 });
    const rows = 20_000;
    await client.query(`copy (select repeat('x', 999) from generate_series(1, ${rows})) to stdout`);
    const copied = rows * (1000 + 5);
    const bytes = await grown(traffic, copied);
    // Beyond the rows: the question, what frames the answer, and the end of the log-in, acknowledged late.
    expect(bytes).toBeLessThan(copied + 4000);
    await client.query('select 1');
    expect(await grown(traffic, 1)).toBeLessThan(4000);
  } finally {
    await postgres.stop();
  }
});
