import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ManagedCluster } from '../../src/cluster/managed/model.ts';
import { ask, managedPlace, show } from '../kit/managed.ts';
import type { ManagedPlace } from '../kit/managed.ts';

const run = promisify(execFile);

let place: ManagedPlace;
let cluster: ManagedCluster;
beforeAll(async () => {
  place = await managedPlace();
  cluster = await place.create({ parameters: { work_mem: '5MB' } });
});
// Each test begins with a server as it was made.
beforeEach(async () => {
  await cluster.start(2);
  const gone = Object.keys(cluster.spec.parameters).map((name) => [name, null] as const);
  const parameters = { ...Object.fromEntries(gone), work_mem: '5MB' };
  const network = { listen: '127.0.0.1', allow: [], tls: false };
  await cluster.modify({ minAcu: 0.5, maxAcu: 8, parameters, network });
  if (cluster.pendingRestart.length > 0) await restart();
});
afterAll(async () => {
  await place[Symbol.asyncDispose]();
});

async function restart(): Promise<void> {
  await cluster.stop();
  await cluster.start(2);
}

function conf(): Promise<string> {
  return readFile(join(place.dir, cluster.spec.name, 'postgresql.conf'), 'utf8');
}

describe('parameters', () => {
  it('of the user win over those that follow capacity', async () => {
    expect(await show(cluster.url(), 'work_mem')).toBe('5MB');
    await cluster.modify({ parameters: { work_mem: '6MB' } });
    expect(await show(cluster.url(), 'work_mem')).toBe('6MB');
    await cluster.modify({ parameters: { WORK_MEM: null } });
    expect(cluster.spec.parameters).toEqual({});
    const { work_mem: expected } = Object.fromEntries(
      (await readFile(join(place.dir, cluster.spec.name, 'capacity.conf'), 'utf8'))
        .split('\n')
        .map((line) => line.split(' = ').map((part) => part.replaceAll("'", ''))),
    ) as Record<string, string>;
    expect(await show(cluster.url(), 'work_mem')).toBe(expected);
  });

  it('that need a restart are told, and there after it', async () => {
    await cluster.modify({ parameters: { max_connections: '77' } });
    expect(cluster.pendingRestart).toEqual(['max_connections']);
    expect(await show(cluster.url(), 'max_connections')).not.toBe('77');
    await restart();
    expect(cluster.pendingRestart).toEqual([]);
    expect(await show(cluster.url(), 'max_connections')).toBe('77');
  });

  it.each([
    ['a value that is none', { work_mem: 'much' }],
    ['a name that is none', { no_such_setting: '1' }],
    ['a value out of range, for the next start', { max_connections: '-1' }],
    ['a library that is not there', { shared_preload_libraries: 'no_such_library' }],
    ['one that is ours', { port: '1' }],
    ['one that is ours, in capitals', { LISTEN_ADDRESSES: '*' }],
    ['one that would open a line of its own', { work_mem: "4MB'\nport = '1" }],
    ['a good one beside a bad one', { maintenance_work_mem: '64MB', work_mem: 'much' }],
  ])('are refused, and all stays as it was: %s', async (_, parameters) => {
    const [textBefore, specBefore] = [await conf(), cluster.spec];
    await expect(cluster.modify({ parameters })).rejects.toMatchObject({ code: 'SETTING_REFUSED' });
    expect(await conf()).toBe(textBefore);
    expect(cluster.spec).toEqual(specBefore);
    expect(cluster.pendingRestart).toEqual([]);
  });

  it('that keep the server from starting are taken back by the start', async () => {
    await ask(cluster.url(), `select 'a secret' from no_such_table`).catch(() => {});
    // PostgreSQL finds out when it starts, and not before.
    await cluster.modify({ parameters: { superuser_reserved_connections: '100', max_connections: '90' } });
    await restart();
    expect(cluster.isRunning).toBe(true);
    expect(cluster.spec.parameters).toEqual({ work_mem: '5MB' });
    expect(place.lines.join('\n')).toMatch(/did not start with the new .*max_connections/);
    // The log of the run before is not told.
    expect(place.lines.join('\n')).not.toContain('a secret');
  });

  it('cannot be changed past us', async () => {
    const altered = await ask(cluster.url(), 'alter system set port = 1').then(
      () => 'taken, and without effect',
      (error: Error) => error.message,
    );
    expect(altered).toMatch(cluster.spec.engine.major >= 17 ? /not allowed/ : /without effect/);
    await restart();
    expect(await show(cluster.url(), 'port')).toBe(String(cluster.spec.port));
    await ask(cluster.url(), 'alter system reset all').catch(() => {});
  });
});

describe('capacity range', () => {
  it('changes what is sized by it, at the next start', async () => {
    const before = await show(cluster.url(), 'shared_buffers');
    await cluster.modify({ minAcu: 2, maxAcu: 4 });
    expect(cluster.spec).toMatchObject({ minAcu: 2, maxAcu: 4 });
    expect(cluster.pendingRestart).toEqual(
      expect.arrayContaining(['max_worker_processes', 'shared_buffers']),
    );
    await restart();
    expect(await show(cluster.url(), 'shared_buffers')).not.toBe(before);
  });

  it('must be one', async () => {
    for (const change of [{ minAcu: 9 }, { minAcu: 0.3 }, { maxAcu: 300 }, { maxAcu: 0 }])
      await expect(cluster.modify(change)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect(cluster.spec).toMatchObject({ minAcu: 0.5, maxAcu: 8 });
  });
});

it('a limit of temporary space needs a folder on local storage', async () => {
  await expect(cluster.modify({ tempSpaceBytes: 1024 ** 3 })).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
    message: expect.stringContaining('--local-storage') as string,
  });
  expect(cluster.spec.optimizedReads.tempSpaceBytes).toBeNull();
});

describe('network', () => {
  it('speaks TLS with a certificate that is given', async (ctx) => {
    const [cert, key] = [join(place.dir, 'given.crt'), join(place.dir, 'given.key')];
    const made = await run('openssl', [
      ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=localhost', '-days', '2'],
      ...['-out', cert, '-keyout', key],
    ]).catch(() => null);
    if (made === null) ctx.skip('there is no openssl to make a certificate with');
    await cluster.modify({ network: { tlsCertFile: cert, tlsKeyFile: key, allow: ['10.1.0.0/16'] } });
    expect(cluster.spec.network).toEqual({ listen: '127.0.0.1', allow: ['10.1.0.0/16'], tls: true });
    expect(cluster.url()).toContain('sslmode=require');
    const url = new URL(cluster.url());
    url.search = '?sslmode=no-verify';
    expect(await ask(url.href, 'select ssl from pg_stat_ssl where pid = pg_backend_pid()')).toEqual([
      { ssl: true },
    ]);
    const hba = await readFile(join(place.dir, cluster.spec.name, 'pg_hba.conf'), 'utf8');
    expect(hba).toContain('hostssl all,replication all 10.1.0.0/16 scram-sha-256');
    expect(
      await ask(
        cluster.url().replace('require', 'no-verify'),
        'select error from pg_hba_file_rules where error is not null',
      ),
    ).toEqual([]);

    await writeFile(key, await readFile(cert));
    await expect(cluster.modify({ network: { tlsCertFile: cert, tlsKeyFile: key } })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
    await cluster.modify({ network: { tls: false, allow: [] } });
    expect(await ask(cluster.url(), 'select ssl from pg_stat_ssl where pid = pg_backend_pid()')).toEqual([
      { ssl: false },
    ]);
  });

  it('tells that another address needs a restart', async () => {
    await cluster.modify({ network: { listen: '127.0.0.2' } });
    expect(cluster.pendingRestart).toEqual(['listen_addresses']);
    await restart();
    expect(cluster.pendingRestart).toEqual([]);
    expect(new URL(cluster.url()).hostname).toBe('127.0.0.2');
    expect(await ask(cluster.url(), 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('takes addresses and networks only', async () => {
    for (const network of [
      { listen: 'nowhere' },
      { allow: ['10.0.0.0'] },
      { allow: ['10.0.0.0/33'] },
      { allow: ['all'] },
    ])
      await expect(cluster.modify({ network })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});

describe('the file of a database', () => {
  it('is taken from its copy where it cannot be read', async () => {
    await cluster.stop();
    const path = join(place.dir, cluster.spec.name, 'cluster.json');
    await writeFile(path, '{"format": 1, "name"');
    const found = await place.open(cluster.spec.name);
    expect(found.spec).toEqual(cluster.spec);
    expect(place.lines.some((line) => line.includes(path))).toBe(true);
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ name: cluster.spec.name });
  });

  it('says where it is when nothing of it can be used', async () => {
    const path = join(place.dir, cluster.spec.name, 'cluster.json');
    const right = await readFile(path, 'utf8');
    await writeFile(path, right.replace('"port"', '"harbour"'));
    await writeFile(`${path}.bak`, 'nothing');
    const opening = place.open(cluster.spec.name);
    await expect(opening).rejects.toMatchObject({ code: 'STATE_CORRUPT' });
    await expect(opening).rejects.toThrow(path);
    await writeFile(path, right);
    expect((await place.open(cluster.spec.name)).spec).toEqual(cluster.spec);
  });

  it('is not there before the database is whole', async () => {
    const half = await place.create({ name: 'half' });
    await writeFile(join(place.dir, 'half', 'incomplete'), '');
    await expect(place.open('half')).rejects.toMatchObject({ code: 'CLUSTER_NOT_FOUND' });
    await expect(readFile(join(place.dir, 'half', 'cluster.json'))).rejects.toMatchObject({ code: 'ENOENT' });
    expect(half.spec.name).toBe('half');
  });
});
