import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ScriptedFleet, scriptedDecision } from '../../test/kit/scripted-fleet.ts';
import { scriptedSample, scriptedTick } from '../../test/kit/scripted-observer.ts';
import { ApiClient } from '../api/client.ts';
import { AirglowError } from '../errors.ts';
import type { History } from '../history/history.ts';
import { createMemoryHistory } from '../history/memory/memory-history.ts';
import { readEndpoint } from './endpoint-file.ts';
import { runUp } from './up.ts';
import type { Up, UpOptions, UpParts } from './up.ts';

let folder: string;
const running: Up[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'airglow-up-unit-'));
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((up) => up.stop()));
  await rm(folder, { recursive: true, force: true });
});

function scriptedParts() {
  const fleet = new ScriptedFleet();
  const history = createMemoryHistory({ retentionMs: 7 * 86_400_000 });
  const order: string[] = [];
  note(fleet, 'close', order, 'fleet');
  note(history, 'close', order, 'history');
  const parts: UpParts = {
    openFleet: async ({ stateDir }) => {
      await mkdir(stateDir, { recursive: true });
      return fleet;
    },
    openHistory: async () => history,
  };
  return { fleet, history, order, parts };
}

function note<Name extends 'close'>(
  of: Record<Name, () => Promise<void>>,
  name: Name,
  order: string[],
  word: string,
) {
  const original = of[name].bind(of);
  of[name] = async () => {
    order.push(word);
    await original();
  };
}

async function start(parts: UpParts, change: Partial<UpOptions> = {}): Promise<Up> {
  const up = await runUp(
    {
      stateDir: join(folder, 'state'),
      listen: { host: '127.0.0.1', port: 0 },
      retentionDays: 7,
      log: () => {},
      ...change,
    },
    parts,
  );
  running.push(up);
  return up;
}

const overSocket = ({ controlSocket }: Up) => new ApiClient({ socketPath: controlSocket });

describe('airglow up', () => {
  test('serves the same over TCP and over the socket, which alone may change things without the token', async () => {
    const { parts } = scriptedParts();
    const up = await start(parts);
    const control = overSocket(up);
    const created = await control.createCluster({ name: 'shop', maxCapacity: 4 });
    expect(created).toMatchObject({ name: 'shop', capacity: { min: 0.5, max: 4 } });
    const anybody = new ApiClient({ url: up.url });
    expect((await anybody.clusters()).clusters.map(({ name }) => name)).toEqual(['shop']);
    await expect(anybody.stopCluster('shop')).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
    await expect(anybody.clusterUrl('shop')).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
    const token = (await readFile(up.tokenFile, 'utf8')).trim();
    const owner = new ApiClient({ url: up.url, token });
    expect((await owner.clusterUrl('shop')).url).toContain('geheim');
    expect(await owner.stopCluster('shop')).toMatchObject({ status: 'stopped' });
    expect(await control.startCluster('shop')).toMatchObject({ status: 'available' });
    expect(await control.modifyCluster('shop', { maxCapacity: 2 })).toMatchObject({ capacity: { max: 2 } });
    expect((await control.logs('shop', 5)).lines).toHaveLength(1);
    expect((await control.explain('shop')).name).toBe('shop');
    expect(await control.deleteCluster('shop')).toEqual({ name: 'shop', deleted: true });
    await expect(control.cluster('shop')).rejects.toMatchObject({ code: 'CLUSTER_NOT_FOUND' });
  });

  test('keeps socket and token for their owner, and says where it is', async () => {
    const up = await start(scriptedParts().parts);
    const modes = await Promise.all(
      [up.controlSocket, up.tokenFile].map(async (path) => (await stat(path)).mode),
    );
    expect(modes.map((mode) => (mode & 0o777).toString(8))).toEqual(['600', '600']);
    expect(await readEndpoint(up.stateDir)).toMatchObject({ pid: process.pid, url: up.url });
    await up.stop();
    expect(await readdir(up.stateDir)).toEqual(['token']);
  });

  test('records decisions, events and load, the last words of the fleet too, and closes the record last', async () => {
    const { parts, fleet, history, order } = scriptedParts();
    const up = await start(parts);
    await overSocket(up).createCluster({ name: 'shop' });
    const atMs = Date.now();
    const tick = (ms: number) => scriptedTick(ms, [scriptedSample(1000, { 'db.wait_event': 'CPU:Running' })]);
    fleet.observer('shop')!.tick(tick(atMs));
    fleet.observer('shop')!.lastWords.push({ kind: 'settled', tick: tick(atMs + 1000) });
    fleet.decide('shop', scriptedDecision(atMs));
    await up.stop();
    await up.stop();
    const window = { target: 'shop', fromMs: Date.UTC(2026, 0, 1), toMs: Date.now() + 60_000 };
    expect((await history.top({ ...window, groupBy: 'db.wait_event' })).coveredMs).toBe(2000);
    expect(await history.decisions(window)).toMatchObject([{ atMs, decision: { toAcu: 2.5 } }]);
    expect((await history.events(window)).map(({ kind }) => kind)).toEqual(['created']);
    expect(order).toEqual(['fleet', 'history']);
  });

  test('decisions of the record and live ones come over the socket, until it stops', async () => {
    const { parts, fleet } = scriptedParts();
    const up = await start(parts);
    const control = overSocket(up);
    await control.createCluster({ name: 'shop' });
    const live = control.live({ targets: ['shop'] });
    expect((await live.next()).value).toMatchObject({ event: 'hello' });
    const decision = scriptedDecision(Date.now() - 1000);
    fleet.decide('shop', decision);
    expect((await live.next()).value).toEqual({ event: 'decision', data: { target: 'shop', ...decision } });
    await up.stop();
    expect((await live.next()).done).toBe(true);
  });

  test('a second one is refused, whatever its port', async () => {
    const up = await start(scriptedParts().parts);
    const port = Number(new URL(up.url).port);
    for (const listen of [
      { host: '127.0.0.1', port },
      { host: '127.0.0.1', port: 0 },
    ]) {
      const second = scriptedParts();
      await expect(start(second.parts, { listen })).rejects.toMatchObject({
        code: 'STATE_LOCKED',
        message: expect.stringContaining(up.stateDir) as string,
      });
      expect(second.order).toEqual([]);
    }
    expect((await overSocket(up).health()).status).toBe('ok');
  });

  test('a port that is taken is found out before any database is touched', async () => {
    const up = await start(scriptedParts().parts);
    const port = Number(new URL(up.url).port);
    const { parts } = scriptedParts();
    let opened = false;
    const openFleet: UpParts['openFleet'] = (options) => {
      opened = true;
      return parts.openFleet(options);
    };
    const other = { stateDir: join(folder, 'other'), listen: { host: '127.0.0.1', port } };
    await expect(start({ ...parts, openFleet }, other)).rejects.toMatchObject({ code: 'PORT_IN_USE' });
    expect(opened).toBe(false);
  });

  test('what was opened is closed again when the record cannot be', async () => {
    const { parts, order } = scriptedParts();
    const openHistory = (): Promise<History> => Promise.reject(new AirglowError('STORE_CORRUPT', 'no'));
    await expect(start({ ...parts, openHistory })).rejects.toMatchObject({ code: 'STORE_CORRUPT' });
    expect(order).toEqual(['fleet']);
  });

  test('a socket that a killed process left behind is no obstacle', async () => {
    await mkdir(join(folder, 'state'));
    await writeFile(join(folder, 'state', 'control.sock'), '');
    const up = await start(scriptedParts().parts);
    expect((await overSocket(up).health()).status).toBe('ok');
  });

  test('a folder whose socket would have too long a name is refused', async () => {
    const stateDir = join(folder, 'x'.repeat(120));
    await expect(start(scriptedParts().parts, { stateDir })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining('--state') as string,
    });
  });

  test('off loopback every request needs the token', async () => {
    const up = await start(scriptedParts().parts, { listen: { host: '0.0.0.0', port: 0 } });
    expect((await fetch(`${up.url}/api/clusters`)).status).toBe(401);
    const token = (await readFile(up.tokenFile, 'utf8')).trim();
    expect((await new ApiClient({ url: up.url, token }).clusters()).clusters).toEqual([]);
  });
});

test('where no daemon runs, that is said with the way out', async () => {
  const socketPath = join(folder, 'control.sock');
  const client = new ApiClient({ socketPath });
  const notRunning = {
    code: 'DAEMON_NOT_RUNNING',
    message: expect.stringMatching(new RegExp(`${folder}: start it with airglow up`)) as string,
  };
  await expect(client.clusters()).rejects.toMatchObject(notRunning);
  // As kill -9 leaves it.
  await writeFile(socketPath, '');
  await expect(client.clusters()).rejects.toMatchObject(notRunning);
});
