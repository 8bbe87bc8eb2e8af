import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LineChannel } from './line-channel.ts';

interface Message {
  readonly kind: string;
  readonly text?: string;
}

let server: Server;
let near: Socket;
let far: Socket;
let heard: Message[];
let closed: Promise<void>;
let channel: LineChannel<Message, Message>;

beforeEach(async () => {
  server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  far = connect((server.address() as AddressInfo).port, '127.0.0.1');
  far.on('error', () => {});
  [near] = await accepted;
  heard = [];
  closed = new Promise((resolve) => {
    channel = new LineChannel<Message, Message>(near, (message) => heard.push(message), resolve);
  });
});
afterEach(() => {
  far.destroy();
  near.destroy();
  server.close();
});

describe('a channel of lines', () => {
  it('takes a message however it is cut into pieces', async () => {
    const bytes = Buffer.from('{"kind":"beat"}\n{"kind":"hello","text":"Größe ✓"}\n{"kind":"last"}\n');
    for (const byte of bytes) {
      far.write(Buffer.of(byte));
      await new Promise(setImmediate);
    }
    far.end();
    await closed;
    expect(heard).toEqual([{ kind: 'beat' }, { kind: 'hello', text: 'Größe ✓' }, { kind: 'last' }]);
  });

  it('takes many in one piece, in order', async () => {
    const messages = Array.from({ length: 1_000 }, (_, index) => ({ kind: String(index) }));
    far.end(messages.map((message) => `${JSON.stringify(message)}\n`).join(''));
    await closed;
    expect(heard).toEqual(messages);
  });

  it('sends a line each', async () => {
    const pieces: Buffer[] = [];
    far.on('data', (piece: Buffer) => pieces.push(piece));
    channel.send({ kind: 'one', text: 'two\nlines' });
    channel.send({ kind: 'three' });
    near.end();
    await once(far, 'close');
    expect(Buffer.concat(pieces).toString()).toBe('{"kind":"one","text":"two\\nlines"}\n{"kind":"three"}\n');
  });

  it('forgets half a line that nobody ends', async () => {
    far.end('{"kind":"beat"}\n{"kind":"paus');
    await closed;
    expect(heard).toEqual([{ kind: 'beat' }]);
  });

  it.each([
    ['what is no JSON', 'GET / HTTP/1.1\n'],
    ['an empty line', '\n'],
    ['a number', '17\n'],
    ['null', 'null\n'],
    ['an object of no kind', '{"id":"a1"}\n'],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x00, 0x0a])],
  ])('ends at %s, and takes nothing after it', async (_, garbage) => {
    far.write('{"kind":"beat"}\n');
    far.write(garbage);
    far.write('{"kind":"pause"}\n');
    await closed;
    expect(heard).toEqual([{ kind: 'beat' }]);
  });

  it('ends at a line that does not end', async () => {
    const chunk = Buffer.alloc(100_000, 'x');
    for (let written = 0; written < 30 && !far.destroyed; written++) {
      far.write(chunk);
      await new Promise(setImmediate);
    }
    await closed;
    expect(heard).toEqual([]);
  });

  it('sends nothing any more when it is closed', async () => {
    channel.close();
    await closed;
    expect(() => channel.send({ kind: 'beat' })).not.toThrow();
  });
});
