import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ScriptedObserver, scriptedSample, scriptedTick } from '../../test/kit/scripted-observer.ts';
import { ApiClient } from '../api/client.ts';
import type { History } from '../history/history.ts';
import { createMemoryHistory } from '../history/memory/memory-history.ts';
import { runWatch } from './watch.ts';
import type { Watch, WatchOptions, WatchParts } from './watch.ts';

let folder: string;
let watch: Watch | null = null;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'airglow-watch-unit-'));
});

afterEach(async () => {
  await watch?.stop();
  watch = null;
  await rm(folder, { recursive: true, force: true });
});

function scriptedParts() {
  const observers: ScriptedObserver[] = [];
  const opened: History[] = [];
  const closed: History[] = [];
  const parts: WatchParts = {
    createObserver: ({ target }) => {
      const observer = new ScriptedObserver(target);
      observers.push(observer);
      return observer;
    },
    openHistory: async () => {
      const history = createMemoryHistory({ retentionMs: 86_400_000 });
      const close = history.close.bind(history);
      history.close = async () => {
        closed.push(history);
        await close();
      };
      opened.push(history);
      return history;
    },
  };
  return { parts, observers, opened, closed };
}

function options(change: Partial<WatchOptions> = {}): WatchOptions {
  return {
    targets: [{ url: 'postgres://u:geheim@db1/shop' }, { name: 'crm', url: 'postgres://u:geheim@db2/crm' }],
    listen: { host: '127.0.0.1', port: 0 },
    dataDir: folder,
    intervalMs: 1000,
    retentionDays: 7,
    log: () => {},
    ...change,
  };
}

test('observers are started, and what they say as they stop is still recorded before the history closes', async () => {
  const { parts, observers, opened, closed } = scriptedParts();
  watch = await runWatch(options(), parts);
  expect(observers.map(({ target }) => target)).toEqual(['db1-shop', 'crm']);
  expect(observers.map((observer) => observer.status().connection)).toEqual(['connected', 'connected']);
  expect(await new ApiClient({ url: watch.url }).health()).toMatchObject({
    status: 'ok',
    targets: { watched: 2 },
  });

  const atMs = Date.now();
  const tick = scriptedTick(atMs, [scriptedSample(3000, { 'db.wait_event': 'CPU:Running' })]);
  observers[1]?.lastWords.push({ kind: 'settled', tick });
  await watch.stop();
  const recorded = await opened[0]!.top({
    target: 'crm',
    fromMs: atMs - 1000,
    toMs: atMs + 1000,
    groupBy: 'db.wait_event',
  });
  expect(recorded.totalAas).toBe(3);
  expect(closed).toEqual(opened);
});

test('what was opened is closed again when it cannot listen', async () => {
  const first = scriptedParts();
  watch = await runWatch(options(), first.parts);
  const port = Number(new URL(watch.url).port);
  const second = scriptedParts();
  const blocked = runWatch(options({ listen: { host: '127.0.0.1', port }, dataDir: null }), second.parts);
  await expect(blocked).rejects.toMatchObject({ code: 'PORT_IN_USE' });
  expect(second.closed).toEqual(second.opened);
  expect(second.observers.map((observer) => observer.status().connection)).toEqual(['stopped', 'stopped']);
});

test('a store that fails stops neither observing nor answering', async () => {
  const { parts, observers, opened } = scriptedParts();
  const log: string[] = [];
  watch = await runWatch(options({ log: (line) => log.push(line) }), parts);
  opened[0]!.appendTicks = () => Promise.reject(new Error('the disk is gone'));
  const client = new ApiClient({ url: watch.url });
  const live = client.live({ targets: ['crm'] });
  await live.next();
  const now = Date.now();
  for (let second = 30; second > 0; second--) observers[1]!.tick(scriptedTick(now - second * 1000));
  expect((await live.next()).value).toMatchObject({ event: 'tick', data: { target: 'crm' } });
  await live.return(undefined);
  const health = await client.health();
  expect((await client.target('crm')).load?.coveredSeconds).toBe(30);
  expect(health.recorder.queuedTicks + health.recorder.lostTicks).toBe(30);
  await watch.stop();
  expect(log.join('\n')).toMatch(/the store refuses: the disk is gone/);
  expect(log.join('\n')).not.toContain('geheim');
});
