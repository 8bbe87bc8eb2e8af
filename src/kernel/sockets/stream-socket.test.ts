import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { openOwnSockets } from './own-sockets-fixture.ts';
import { streamSockets } from './stream-socket.ts';
import type { StreamSocket, Waiting } from './stream-socket.ts';

const streams = streamSockets();
const TERMINATE = Buffer.from([0x58, 0, 0, 0, 4]);

const peek = (descriptor: number): Waiting => streams?.peek(descriptor) ?? 'nothing';

/** What arrives takes a moment even within one machine. */
async function becomes(descriptor: number, what: Waiting): Promise<void> {
  for (let look = 0; look < 1_000 && peek(descriptor) !== what; look++) await sleep(5);
  expect(peek(descriptor)).toBe(what);
}

describe.skipIf(streams === null)(
  'a stream socket (not where the foreign-function library does not run)',
  () => {
    const describeSocket = (descriptor: number): StreamSocket | null | undefined =>
      streams?.describe(descriptor);

    it('of TCP is known by its port', async () => {
      await using own = await openOwnSockets();
      expect(describeSocket(own.listening)).toEqual({
        isListening: true,
        localPort: own.port,
        localPath: null,
      });
      expect(describeSocket(own.near.descriptor)).toEqual({
        isListening: false,
        localPort: own.port,
        localPath: null,
      });
      expect(describeSocket(own.far.descriptor)?.localPort).toBe(own.far.socket.localPort);
    });

    it('of a Unix socket is known by its path', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'airglow-sockets-'));
      const path = join(folder, '.s.PGSQL.5432');
      try {
        await using own = await openOwnSockets(path);
        expect(describeSocket(own.listening)).toEqual({
          isListening: true,
          localPort: null,
          localPath: path,
        });
        expect(describeSocket(own.near.descriptor)).toEqual({
          isListening: false,
          localPort: null,
          localPath: path,
        });
        expect(describeSocket(own.far.descriptor)).toEqual({
          isListening: false,
          localPort: null,
          localPath: null,
        });
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });

    it('is neither a file nor nothing', () => {
      const file = openSync('/proc/self/status', 'r');
      expect(describeSocket(file)).toBeNull();
      closeSync(file);
      expect(describeSocket(file)).toBeNull();
      expect(describeSocket(-1)).toBeNull();
    });

    it('tells bytes from nothing, and leaves them there', async () => {
      await using own = await openOwnSockets();
      expect(peek(own.near.descriptor)).toBe('nothing');
      own.far.socket.write('Q');
      await becomes(own.near.descriptor, 'bytes');
      const read = once(own.near.socket, 'data');
      own.near.socket.resume();
      expect(String((await read)[0])).toBe('Q');
    });

    it.each([
      ['says so in the words of PostgreSQL', TERMINATE, false],
      ['says so and goes', TERMINATE, true],
      ['just goes', Buffer.alloc(0), true],
    ])('tells that the other side %s', async (_, bytes, isEnd) => {
      await using own = await openOwnSockets();
      if (bytes.length > 0) own.far.socket.write(bytes);
      if (isEnd) own.far.socket.end();
      await becomes(own.near.descriptor, 'goodbye');
    });

    it('takes no query for a farewell, though it begins or ends like one', async () => {
      for (const bytes of [Buffer.concat([TERMINATE, Buffer.of(0)]), TERMINATE.subarray(0, 4)]) {
        await using own = await openOwnSockets();
        own.far.socket.write(bytes);
        await becomes(own.near.descriptor, 'bytes');
      }
    });

    it('tells of a connection that was cut', async () => {
      await using own = await openOwnSockets();
      own.far.socket.resetAndDestroy();
      await becomes(own.near.descriptor, 'goodbye');
    });
  },
);
