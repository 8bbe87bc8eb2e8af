import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runUp } from '../../src/daemon/up.ts';
import type { Up } from '../../src/daemon/up.ts';
import { createMemoryHistory } from '../../src/history/memory/memory-history.ts';
import { runCli, runCliHere, startCli, startCliOnTerminal } from '../kit/airglow-cli.ts';
import type { RunningCli } from '../kit/airglow-cli.ts';
import { ScriptedFleet, scriptedDecision } from '../kit/scripted-fleet.ts';
import { waitFor } from '../kit/wait-for.ts';

/** The commands as a user runs them, over the control socket; the databases are scripted. */
let folder: string;
let stateDir: string;
let fleet: ScriptedFleet;
let up: Up;
const started: RunningCli[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'airglow-cluster-cli-'));
  stateDir = join(folder, 'state');
  fleet = new ScriptedFleet();
  up = await runUp(
    { stateDir, listen: { host: '127.0.0.1', port: 0 }, retentionDays: 7, log: () => {} },
    {
      openFleet: async () => {
        await mkdir(stateDir, { recursive: true });
        return fleet;
      },
      openHistory: async () => createMemoryHistory({ retentionMs: 86_400_000 }),
    },
  );
});

afterEach(async () => {
  for (const { child } of started.splice(0)) child.kill('SIGKILL');
  await up.stop();
  await rm(folder, { recursive: true, force: true });
});

const airglow = (...args: string[]) => runCliHere(['cluster', ...args, '--state', stateDir]);
const airglowProcess = (...args: string[]) => runCli(['cluster', ...args, '--state', stateDir]);

async function json(...args: string[]): Promise<unknown> {
  const { code, out, err } = await airglow(...args, '--json');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return JSON.parse(out) as unknown;
}

function keep(cli: RunningCli): RunningCli {
  started.push(cli);
  return cli;
}

describe('airglow cluster', () => {
  it('creates a database, describes, modifies, stops, starts and deletes it', async () => {
    const created = await airglowProcess(
      ...['create', 'shop', '--max-capacity', '4', '--engine-version', '15', '--port', '5433'],
      ...['--parameter', 'work_mem=8MB', '--parameter', 'search_path=a=b', '--allow', '10.0.0.0/8'],
    );
    expect(created).toMatchObject({ code: 0, err: '' });
    expect(created.out).toContain('shop is available at 127.0.0.1:5433: PostgreSQL 15.18, 0.5 to 4 ACU\n');
    expect(created.out).toContain(`psql "$(airglow cluster url shop --state ${stateDir})"`);
    expect(fleet.asked[0]).toEqual({
      name: 'shop',
      minCapacity: 0.5,
      maxCapacity: 4,
      engineVersion: 15,
      port: 5433,
      parameters: { work_mem: '8MB', search_path: 'a=b' },
      allow: ['10.0.0.0/8'],
    });

    expect(await json('describe', 'shop')).toEqual(JSON.parse(JSON.stringify(fleet.describe('shop'))));
    expect(await json('list')).toMatchObject([{ name: 'shop', status: 'available' }]);
    expect((await airglow('list')).out).toMatch(/^name .*\nshop +available/);
    const described = (await airglow('describe', 'shop')).out;
    expect(described).toMatch(/^shop\n {2}status +available\n/);
    expect(described).toMatch(new RegExp(`\n\ndashboard: ${up.url}/db/shop\n$`));
    expect((await airglow('explain', 'shop')).out).toContain(`\ndashboard: ${up.url}/db/shop/capacity\n`);

    const modified = await airglow(
      ...['modify', 'shop', '--min-capacity', '1', '--reset-parameter', 'work_mem'],
    );
    expect(modified).toMatchObject({ code: 0, out: expect.stringContaining('1 to 4 ACU') as string });
    expect(fleet.describe('shop').parameters).toEqual({ search_path: 'a=b' });

    expect((await airglow('stop', 'shop')).out).toBe('shop is stopped; its data stays\n');
    expect(await json('start', 'shop')).toMatchObject({ status: 'available' });
    expect(await json('delete', 'shop', '--yes')).toEqual({ name: 'shop', deleted: true });
    expect((await airglow('list')).out).toContain('There is no database yet');
  });

  it('lets a database be paused, shows it asleep and what woke it, and resumes it', async () => {
    const created = await airglow(
      ...['create', 'shop', '--min-capacity', '0', '--seconds-until-auto-pause', '90'],
      ...['--ignore-activity', 'user=exporter,host=10.0.0.9', '--ignore-activity', 'application=a\\,b'],
    );
    expect(created).toMatchObject({ code: 0, err: '' });
    expect(created.out).toContain(
      'Pauses after 90 s without activity; ignoring user exporter, host 10.0.0.9, application a,b\n',
    );
    expect(fleet.asked[0]).toMatchObject({
      minCapacity: 0,
      secondsUntilAutoPause: 90,
      ignoreActivity: [
        { field: 'user', value: 'exporter' },
        { field: 'host', value: '10.0.0.9' },
        { field: 'application', value: 'a,b' },
      ],
    });
    fleet.pause('shop', Date.now());
    expect((await airglow('list')).out).toMatch(/\nshop +paused +15\.18 +0 +0-8 /);
    expect((await airglow('describe', 'shop')).out).toMatch(/\n {2}status +paused\n/);
    expect((await airglow('explain', 'shop')).out).toMatch(
      /^shop: 0 ACU: it is paused.*\n\npaused\n {2}Paused since/,
    );
    expect((await airglow('start', 'shop')).out).toContain('shop is available at');
    fleet.pause('shop', Date.now());
    const cause = 'a new connection from 10.0.0.7 (user app)';
    fleet.wake('shop', { atMs: Date.now(), tookMs: 1.8, pausedMs: 60_000, cause });
    expect((await airglow('describe', 'shop')).out).toMatch(
      /Woken once, last .* ago in 1\.8 ms after 1 min 00 s/,
    );

    const cleared = await airglow('modify', 'shop', '--ignore-activity', '');
    expect(cleared.out).toContain('Pauses after 90 s without activity\n');
    expect(fleet.asked.at(-1)).toEqual({ ignoreActivity: [] });
    const never = await airglow('modify', 'shop', '--min-capacity', '1', '--ignore-activity', 'none');
    expect(never.out).toContain('It is never paused, since its minimum is above 0');
  });

  const GIB = 1024 ** 3;
  const tierOf = (sizeBytes: number, inForceBytes: number) => ({
    tieredCache: {
      sizeBytes,
      inForceBytes,
      usedBytes: 0,
      activity: null,
      reason:
        sizeBytes === inForceBytes ? null : 'It comes with a restart: airglow cluster modify shop --restart.',
    },
    tempObjects: {
      path: '/mnt/nvme/airglow-1',
      place: 'local' as const,
      reason: null,
      limitBytes: 4 * GIB,
      usedBytes: 0,
      freeBytes: 9 * GIB,
    },
    localStorage: null,
  });

  it('says of a change what it was about, and once how it comes into force', async () => {
    await fleet.create({ name: 'shop' });
    fleet.tier.change({ state: 'on', sizeBytes: 8 * GIB });
    fleet.change('shop', { optimizedReads: tierOf(3 * GIB, 0), pendingRestart: ['max_connections'] });
    const way = `airglow cluster modify shop --restart --state ${stateDir}`;
    const tiered = await airglow('modify', 'shop', '--tiered-cache', '3');
    expect(tiered.out).toBe(
      'shop is modified: 0.5 to 8 ACU\n' +
        'Its tiered cache is to be 3 GiB, and is none now\n' +
        `Waits for a restart, which closes all connections: max_connections, its tiered cache. When that suits: ${way}\n`,
    );
    const stored = await airglow('modify', 'shop', '--local-storage', '/mnt/nvme');
    expect(stored.out).toContain('Temporary objects go to /mnt/nvme/airglow-1, 4 GiB at most\n');
    expect(stored.out).not.toContain('Its tiered cache');
    expect((await airglow('modify', 'shop', '--max-capacity', '4')).out).not.toContain('Temporary objects');
    // Without the blanks of the columns.
    const described = (await airglow('describe', 'shop')).out.replaceAll(/\s+/g, ' ');
    expect(described).toContain(`airglow cluster modify --state ${stateDir} shop --restart`);
  });

  it('restarts what waits for it, and nothing else', async () => {
    await fleet.create({ name: 'shop' });
    const idle = await airglow('modify', 'shop', '--restart');
    expect(idle).toEqual({
      code: 0,
      out: 'Nothing of shop waits for a restart: it is not restarted\n',
      err: '',
    });
    fleet.change('shop', { optimizedReads: tierOf(3 * GIB, 0) });
    // The tier of the host is off, so a restart would bring nothing.
    expect((await airglow('modify', 'shop', '--restart')).out).toMatch(
      /not restarted\nIts tiered cache: It comes/,
    );
    fleet.tier.change({ state: 'on', sizeBytes: 8 * GIB });
    const start = fleet.start.bind(fleet);
    let starts = 0;
    fleet.start = async (name) => {
      starts += 1;
      fleet.change(name, { optimizedReads: tierOf(3 * GIB, 3 * GIB) });
      return await start(name);
    };
    expect(await airglow('modify', 'shop', '--restart')).toMatchObject({
      code: 0,
      out: 'shop is restarted: 0.5 to 8 ACU\n',
    });
    expect((await airglow('modify', 'shop', '--tiered-cache', '3', '--restart')).out).toBe(
      'shop is modified: 0.5 to 8 ACU\nIts tiered cache has 3 GiB\n',
    );
    expect(starts).toBe(1);
    // The first and the second asked for no change.
    expect(fleet.asked.slice(1)).toEqual([{ tieredCacheBytes: 3 * GIB }]);
    await airglow('modify', 'shop', '--tiered-cache', 'none');
    expect(fleet.asked.at(-1)).toEqual({ tieredCacheBytes: 0 });
  });

  it('prints a connection string and nothing else', async () => {
    await fleet.create({ name: 'shop' });
    const url = 'postgres://postgres:geheim@127.0.0.1:54321/postgres';
    expect(await airglowProcess('url', 'shop')).toEqual({ code: 0, out: `${url}\n`, err: '' });
    expect((await airglow('url', 'shop', '--database', 'crm')).out).toMatch(/\/crm\n$/);
    expect(await json('url', 'shop')).toEqual({ name: 'shop', url });
  });

  it('explains, without colour where there is no terminal, and shows events', async () => {
    await fleet.create({ name: 'shop' });
    fleet.decide('shop', scriptedDecision(Date.now()));
    fleet.event('shop', 'started', Date.now());
    const { out } = await airglowProcess('explain', 'shop');
    expect(out).toContain('what each resource asks for, in ACU');
    expect(out).toMatch(/▲ 0\.5 → 2\.5 +CPU asks for 2\.3/);
    expect(out).not.toContain('\u001b');
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    expect(await json('explain', 'shop')).toMatchObject({
      name: 'shop',
      latest: { decision: { binding: 'cpu' } },
    });
    await waitFor(async () => (await airglow('events', 'shop')).out.includes('started: it was started'), {
      what: 'the event in the record',
    });
    expect(await json('events', 'shop', '--limit', '1')).toMatchObject([{ kind: 'started' }]);
  });

  it('shows the log, and goes on with what comes', async () => {
    await fleet.create({ name: 'shop' });
    fleet.log.push('ERROR:  one', 'STATEMENT:  select \u001b[2J', '\tfrom t');
    const { out } = await airglow('logs', 'shop', '--lines', '3');
    expect(out).toBe('ERROR:  one\nSTATEMENT:  select [2J\n\tfrom t\n'.replaceAll(':  ', ': '));
    const following = keep(startCli(['cluster', 'logs', 'shop', '--follow', '-n', '1', '--state', stateDir]));
    await waitFor(() => following.out() === '\tfrom t\n', { what: 'the last line' });
    fleet.log.push('LOG: two', 'LOG: three');
    await waitFor(() => following.out() === '\tfrom t\nLOG: two\nLOG: three\n', { what: 'the new lines' });
    following.child.kill('SIGINT');
    expect(await following.exited).toBe(0);
  });

  it('paints on a terminal, and asks there before it deletes', async (context) => {
    const isMissing = await promisify(execFile)('script', ['--version']).then(
      () => false,
      () => true,
    );
    if (isMissing) context.skip('script is not installed');
    await fleet.create({ name: 'shop' });
    const remove = ['cluster', 'delete', 'shop', '--state', stateDir];
    const refused = keep(startCliOnTerminal(remove));
    await waitFor(() => refused.out().includes('Type its name to go on: '), { what: 'the question' });
    refused.child.stdin?.write('shopp\n');
    expect(await refused.exited).toBe(2);
    expect(refused.out()).toContain('shop is not deleted: another name was typed');
    expect(refused.out()).not.toContain('INVALID_ARGUMENT');
    expect(fleet.list()).toHaveLength(1);

    const painted = keep(
      startCliOnTerminal(['cluster', 'explain', 'shop', '--state', stateDir], { TERM: 'xterm' }),
    );
    expect(await painted.exited).toBe(0);
    expect(painted.out()).toContain('\u001b[');

    const agreed = keep(startCliOnTerminal(remove));
    await waitFor(() => agreed.out().includes('Type its name to go on: '), { what: 'the question' });
    agreed.child.stdin?.write('shop\n');
    expect(await agreed.exited).toBe(0);
    expect(fleet.list()).toEqual([]);
  });

  it.each([
    { args: ['create', 'Shop'], code: 2, says: 'cannot name a database' },
    { args: ['create', 'shop', '--max-capacity', '0'], code: 2, says: 'from 0.5 to 256' },
    { args: ['create', 'shop', '--min-capacity', '0.2'], code: 2, says: 'choose 0, or from 0.5 to 256' },
    { args: ['create', 'shop', '--seconds-until-auto-pause', '0'], code: 2, says: 'from 1 to 86400' },
    { args: ['create', 'shop', '--ignore-activity', 'exporter'], code: 2, says: 'user=exporter' },
    { args: ['modify', 'crm', '--ignore-activity', 'host=db1'], code: 2, says: 'no host to ignore' },
    { args: ['create', 'shop', '--min-capacity', '0.7'], code: 2, says: 'steps of 0.5' },
    { args: ['create', 'shop', '--max-capacity', '300'], code: 2, says: 'from 0.5 to 256' },
    { args: ['create', 'shop', '--min-capacity', '9'], code: 2, says: 'is above the maximum (8 ACU)' },
    { args: ['create', 'shop', '--engine-version', '12'], code: 2, says: '13 to 18' },
    { args: ['create', 'shop', '--parameter', 'work_mem'], code: 2, says: 'work_mem=8MB' },
    { args: ['create', 'shop', '--allow', 'all'], code: 2, says: '10.0.0.0/8' },
    { args: ['create', 'shop', '--tls-cert', 'a.crt'], code: 2, says: 'TLS needs both' },
    { args: ['create', 'crm'], code: 1, says: '(CLUSTER_EXISTS)' },
    { args: ['modify', 'crm'], code: 2, says: 'nothing to modify' },
    { args: ['modify', 'nobody', '--restart'], code: 1, says: '(CLUSTER_NOT_FOUND)' },
    {
      args: ['modify', 'crm', '--tiered-cache', '0.1'],
      code: 2,
      says: 'airglow: --tiered-cache must be 0.125 GiB at least, or 0 for none (INVALID_ARGUMENT)',
    },
    {
      args: ['create', 'shop', '--temp-space', '0.01', '--tiered-cache', '0.1'],
      code: 2,
      says: '--temp-space must be 0.0625 GiB at least; --tiered-cache must be',
    },
    { args: ['modify', 'crm', '--local-storage', ''], code: 2, says: 'an empty text names no folder' },
    {
      args: ['create', 'shop', '--local-storage', '--json'],
      code: 2,
      says: 'airglow: --local-storage <folder> needs a value, and --json looks like an option',
    },
    {
      args: ['create', 'shop', '--local-storage'],
      code: 2,
      says: "'--local-storage <folder>' argument missing",
    },
    {
      args: ['modify', 'crm', '--min-capacity', '100'],
      code: 2,
      says: '(100 ACU) is above the maximum (8 ACU)',
    },
    { args: ['describe', 'nobody'], code: 1, says: '(CLUSTER_NOT_FOUND)' },
    { args: ['delete', 'nobody', '--yes'], code: 1, says: '(CLUSTER_NOT_FOUND)' },
    { args: ['delete', 'crm'], code: 2, says: '--yes' },
    { args: ['logs', 'crm', '--follow', '--json'], code: 2, says: 'leave out --json' },
    { args: ['lst'], code: 2, says: 'Did you mean list?' },
  ])('refuses with the way out: airglow cluster $args', async ({ args, code, says }) => {
    await fleet.create({ name: 'crm' });
    const answer = await runCliHere(['cluster', ...args, '--state', stateDir]);
    expect(answer.err).toContain(says);
    expect(answer.err).not.toMatch(/\n\s+at /);
    expect({ code: answer.code, out: answer.out }).toEqual({ code, out: '' });
    expect(fleet.list().map(({ name }) => name)).toEqual(['crm']);
  });

  it('says that no airglow runs, and how to start one', async () => {
    const state = join(folder, 'nowhere');
    const { code, out, err } = await runCli(['cluster', 'list', '--state', state]);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(
      /^airglow: no airglow runs with the state folder .*nowhere: start it with airglow up/,
    );
    expect(err).toContain('(DAEMON_NOT_RUNNING)');
    await up.stop();
    expect((await airglow('describe', 'shop')).err).toContain('(DAEMON_NOT_RUNNING)');
  });

  it('helps: every command has its options and examples', async () => {
    const { out } = await runCliHere(['cluster', '--help']);
    const names = [...out.matchAll(/^ {2}([a-z]+) \[options\]/gm)].map(([, name = '']) => name);
    expect(names).toHaveLength(11);
    for (const name of names) {
      const help = await runCliHere(['cluster', name, '--help']);
      expect(help.code).toBe(0);
      expect(help.out).toMatch(/Examples:\n {2}\$ /);
      for (const option of ['--state', '--json', '--no-color']) expect(help.out).toContain(option);
    }
    const { code, out: help } = await runCliHere(['up', '--help']);
    expect(code).toBe(0);
    for (const option of ['--state', '--listen', '--price', '--acu-memory', '--no-limits']) {
      expect(help).toContain(option);
    }
    expect(help).toMatch(/Examples:\n {2}\$ airglow up\n/);
  });
});
