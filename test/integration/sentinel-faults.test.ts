import { appendFileSync, readdirSync, symlinkSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { sentinelFiles } from '../../src/sentinel/sentinel-files.ts';
import { processIdentity } from '../../src/kernel/process-identity.ts';
import { connectClient } from '../kit/client.ts';
import { newStateDir, openTestFleet } from '../kit/fleet.ts';
import { guardedOf, startLoneSentinel } from '../kit/lone-sentinel.ts';
import { groupOf, openPausedFleet, sentinelPid, socketUrl, whyNotHere } from '../kit/paused-fleet.ts';
import { waitFor } from '../kit/wait-for.ts';

const reason = await whyNotHere();
const CYCLES = 50;
const KILLS = 2;
const CONNECTIONS = 20;

/** Resolves when it is over. */
function babble(path: string, text: string): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(path, () => socket.end(text));
    socket.on('error', () => {});
    socket.on('close', () => resolve());
    socket.resume();
  });
}

describe.skipIf(reason !== null)(
  `a sentinel${reason === null ? '' : ` (not here: ${reason})`}`,
  { concurrent: true },
  () => {
    it('that is killed, or hangs, leaves nobody asleep for long, and is started anew', async () => {
      await using test = await openPausedFleet();
      await using client = await connectClient(test.url);
      const group = await groupOf(test.stateDir);
      for (const signal of ['SIGKILL', 'SIGSTOP'] as const) {
        await test.asleep();
        const pid = sentinelPid(test.stateDir);
        const identity = processIdentity(pid);
        process.kill(pid, signal);
        const query = client.query('select 1 as one');
        expect((await test.awake()).cause).toMatch(/^the end of the sentinel$/);
        expect((await query).rows).toEqual([{ one: 1 }]);
        expect(group.isFrozen()).toBe(false);
        await test.asleep();
        expect(sentinelPid(test.stateDir)).not.toBe(pid);
        expect(processIdentity(pid)).not.toBe(identity);
        expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
        expect((await test.awake()).cause).toMatch(/^a query of /);
      }
      expect(test.lines.filter((line) => line.includes('sentinel was lost'))).toHaveLength(2);
    });

    it('that is killed while it freezes leaves nobody frozen', async () => {
      await using test = await openPausedFleet();
      await using client = await connectClient(test.url);
      const group = await groupOf(test.stateDir);
      let killed = 0;
      test.fleet.subscribe((message) => {
        if (message.kind !== 'event' || message.event.kind !== 'pause-initiated' || killed >= KILLS) return;
        setTimeout(() => process.kill(sentinelPid(test.stateDir), 'SIGKILL'), 3 * killed++);
      });
      await waitFor(() => killed === KILLS, { what: 'killed sentinels', timeoutMs: 50_000 });
      expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
      await test.asleep();
      expect(group.isFrozen()).toBe(true);
      expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    });

    it('is not moved by garbage, on its socket or in its journal, nor by a disk that is full', async () => {
      const stateDir = newStateDir();
      await mkdir(stateDir, { mode: 0o711 });
      const { socket, journal } = sentinelFiles(stateDir);
      symlinkSync('/dev/full', journal);
      await using test = await openPausedFleet({}, { stateDir });
      await using client = await connectClient(test.url);
      await test.asleep();
      const pid = sentinelPid(stateDir);
      appendFileSync(`${stateDir}/clusters/noise`, 'noise');
      await babble(socket, 'GET / HTTP/1.1\r\n\r\n');
      await babble(socket, '{"kind":"hel');
      await babble(socket, '"kind"\n');
      await babble(socket, `{"kind":"${'x'.repeat(2_000_000)}`);
      expect(test.status()).toBe('paused');
      expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
      expect((await test.awake()).cause).toMatch(/^a query of /);
      await test.asleep();
      expect(sentinelPid(stateDir)).toBe(pid);
      expect(test.lines.filter((line) => line.includes('sentinel'))).toEqual([]);
      await test.fleet.close();
      await rm(stateDir, { recursive: true, force: true });
    });

    it('holds no more descriptors after many pauses than before', async () => {
      await using test = await openTestFleet();
      await test.fleet.create({ name: 'shop', engineVersion: 18, minCapacity: 2 });
      await using sentinel = await startLoneSentinel();
      const guarded = guardedOf(test.stateDir);
      await sentinel.link.guard(guarded);
      const url = test.fleet.url('shop');
      const urls = [url, socketUrl(url, test.stateDir)];
      const clients = await Promise.all(
        Array.from({ length: CONNECTIONS }, (_, index) => connectClient(urls[index % 2] ?? url)),
      );
      const held = (): number => readdirSync(`/proc/${sentinel.pid}/fd`).length;
      const cycle = async (index: number): Promise<void> => {
        await waitFor(async () => (await sentinel.link.pause(guarded.id, 2)).kind === 'paused', {
          what: 'the pause',
          pollMs: 5,
        });
        if (index % 3 === 0) await sentinel.link.wake(guarded.id);
        else await clients[index % CONNECTIONS]?.query('select 1');
      };
      // What wakes is answered before the last duplicate is closed.
      const settled = async (): Promise<number> => {
        const looks: number[] = [];
        await waitFor(() => looks.push(held()) >= 20, { what: 'some looks', pollMs: 5 });
        return Math.min(...looks);
      };
      await cycle(1);
      const before = await settled();
      for (let index = 0; index < CYCLES; index++) await cycle(index);
      expect(await settled()).toBe(before);
      await waitFor(async () => (await sentinel.link.pause(guarded.id, 2)).kind === 'paused', {
        what: 'the pause',
      });
      // While it sleeps there is one for each client, and more.
      expect(held()).toBeGreaterThan(before + CONNECTIONS);
      await sentinel.link.wake(guarded.id);
      await Promise.all(clients.map((client) => client.end()));
    });

    it('that ends thaws what it froze, and what it was just freezing', async () => {
      await using test = await openTestFleet();
      await test.fleet.create({ name: 'shop', engineVersion: 18, minCapacity: 2 });
      const guarded = guardedOf(test.stateDir);
      const group = await groupOf(test.stateDir);
      for (const isWaitedFor of [true, false]) {
        await using sentinel = await startLoneSentinel();
        await sentinel.link.guard(guarded);
        const pausing = sentinel.link.pause(guarded.id, 2);
        if (isWaitedFor) await pausing;
        sentinel.link.close();
        await sentinel.exited();
        expect(group.isFrozen()).toBe(false);
      }
      await using client = await connectClient(test.fleet.url('shop'));
      expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    });
  },
);
