import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LineChannel } from './line-channel.ts';
import { BEAT_MS, PROTOCOL, SILENCE_MS } from './protocol.ts';
import type { Order, Report } from './protocol.ts';
import { SentinelLink } from './sentinel-link.ts';

let folder: string;
let server: Server;
let orders: Order[];
let channel: LineChannel<Order, Report> | null;
let lost: string | null;

const HELLO: Report = {
  kind: 'hello',
  protocol: PROTOCOL,
  version: '1.0.0',
  pid: process.pid,
  unavailable: null,
  paused: [],
};

/** What a sentinel answers to an order; null for silence. */
let answer: (order: Order) => Report | null;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'airglow-link-'));
  [orders, channel, lost] = [[], null, null];
  answer = (order) => (order.kind === 'hello' ? HELLO : null);
  server = createServer((socket) => {
    channel = new LineChannel<Order, Report>(
      socket,
      (order) => {
        orders.push(order);
        const report = answer(order);
        if (report !== null) channel?.send(report);
      },
      () => {},
    );
  }).listen(join(folder, 'socket'));
  await once(server, 'listening');
});
afterEach(() => {
  channel?.close();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const open = (version = '1.0.0'): Promise<SentinelLink | null> =>
  SentinelLink.open({
    socketPath: join(folder, 'socket'),
    version,
    onWoken: () => {},
    onLost: (why) => (lost = why),
  });

async function opened(version?: string): Promise<SentinelLink> {
  const link = await open(version);
  if (link === null) throw new Error('nobody answered');
  return link;
}

describe('a link with a sentinel', () => {
  it('is none where nobody listens, ends or only keeps silent', async () => {
    answer = () => null;
    expect(await open()).toBeNull();
    answer = () => {
      channel?.close();
      return null;
    };
    expect(await open()).toBeNull();
    server.close();
    rmSync(folder, { recursive: true, force: true });
    expect(await open()).toBeNull();
    expect(lost).toBeNull();
  });

  it('tells one of its own version from another', async () => {
    const [own, other] = [await opened(), await opened('2.0.0')];
    expect([own.understandsUs, other.understandsUs]).toEqual([true, false]);
    own.close();
    other.close();
    expect(lost).toBeNull();
  });

  it('gives each answer to who asked for it, and an error to who waits when it ends', async () => {
    const link = await opened();
    const [first, second] = [link.wake('a'), link.pause('b', 2)];
    const unanswered = link.forget('c');
    answer = () => null;
    while (orders.length < 4) await sleep(5);
    channel?.send({ kind: 'done', call: 2, outcome: { kind: 'failed', message: 'not that one' } });
    channel?.send({ kind: 'done', call: 99, outcome: { kind: 'ok' } });
    channel?.send({ kind: 'done', call: 1, outcome: { kind: 'ok' } });
    expect(await first).toEqual({ kind: 'ok' });
    expect(await second).toEqual({ kind: 'failed', message: 'not that one' });
    channel?.close();
    expect(await unanswered).toMatchObject({ kind: 'failed' });
    expect(lost).toBe('it ended');
    expect(await link.wake('a')).toMatchObject({ kind: 'failed' });
  });

  it('is lost when the sentinel keeps silent, and not because this process itself stood still', async () => {
    const link = await opened();
    // Nothing runs in here meanwhile, as in a process that is stopped.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, SILENCE_MS + 3 * BEAT_MS);
    await sleep(1);
    expect(lost).toBeNull();
    channel?.send({ kind: 'beat' });
    await sleep(BEAT_MS);
    expect(lost).toBeNull();
    while (lost === null) await sleep(20);
    expect(lost).toMatch(/silent/);
    expect(await link.wake('a')).toMatchObject({ kind: 'failed' });
  }, 30_000);
});
