import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ApiClient } from '../../src/api/client.ts';
import type { AnalysisAnswer } from '../../src/api/contracts.ts';
import type { RunningPostgres } from '../../src/cluster/server.ts';
import { findDaemon } from '../../src/daemon/running-daemon.ts';
import { runWatch } from '../../src/daemon/watch.ts';
import type { Watch } from '../../src/daemon/watch.ts';
import { runCliHere } from '../kit/airglow-cli.ts';
import { startTestPostgres } from '../kit/postgres.ts';
import { waitFor } from '../kit/wait-for.ts';

const WAITERS = 4;
const UPDATE = 'update stock set pieces = pieces + 1 where id = 1';

let server: RunningPostgres;
let folder: string;
let watch: Watch;
let client: ApiClient;
const sessions: Client[] = [];

beforeAll(async () => {
  server = await startTestPostgres();
  folder = await mkdtemp(join(tmpdir(), 'airglow-analysis-'));
  const setup = await connect('setup');
  await setup.query('create table stock (id int primary key, pieces int); insert into stock values (1, 0)');
  watch = await runWatch({
    targets: [{ name: 'db', url: server.url }],
    listen: { host: '127.0.0.1', port: 0 },
    dataDir: folder,
    intervalMs: 250,
    retentionDays: 7,
    log: () => {},
  });
  client = new ApiClient({ url: watch.url, token: (await findDaemon(folder))?.token ?? null });
}, 120_000);

afterAll(async () => {
  await watch?.stop();
  await Promise.all(sessions.map((session) => session.end().catch(() => {})));
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function connect(applicationName: string): Promise<Client> {
  const session = new Client({ connectionString: server.url, application_name: applicationName });
  session.on('error', () => {});
  await session.connect();
  sessions.push(session);
  return session;
}

function pidOf(session: Client): number {
  return (session as Client & { readonly processID: number }).processID;
}

function lockChain({ findings }: AnalysisAnswer) {
  return findings.find(({ kind }) => kind === 'lock-chain');
}

describe('a lock pile-up', () => {
  test('is found, with the session at its root, by the API and by airglow report', async () => {
    const holder = await connect('shop-admin');
    await holder.query('begin');
    await holder.query(UPDATE);
    const waiters = await Promise.all(Array.from({ length: WAITERS }, () => connect('shop-checkout')));
    const waiting = waiters.map((waiter) => waiter.query(UPDATE));

    const found = await waitFor(
      async () => {
        const chain = lockChain(await client.analysis('db', { from: '-5m' }));
        return chain?.title.includes(`${WAITERS} sessions`) === true ? chain : null;
      },
      { what: 'a lock chain of all waiters', timeoutMs: 120_000, pollMs: 500 },
    );
    expect(found.title).toMatch(
      new RegExp(
        `^${WAITERS} sessions waited for pid ${pidOf(holder)} \\(.*shop-admin\\), which was idle in transaction$`,
      ),
    );
    expect(found.advice[0]).toContain(`pg_terminate_backend(${pidOf(holder)})`);
    expect(found.evidence.find(({ name }) => name === 'it ran last')?.value).toMatch(/update stock/i);
    expect(found.about[0]?.key).toMatch(new RegExp(`^${pidOf(holder)}@`));

    const printed = await runCliHere(['report', '--data', folder, '--from', '-5m']);
    expect(printed).toMatchObject({ code: 0, err: '' });
    expect(printed.out).toContain(`pid ${pidOf(holder)}`);
    expect(printed.out).toContain('idle in transaction');

    await holder.query('commit');
    await Promise.all(waiting);
  }, 180_000);

  test('is in the record when nobody watches any more', async () => {
    await watch.stop();
    const { code, out, err } = await runCliHere([
      'report',
      'db',
      '--data',
      folder,
      '--json',
      '--from',
      '-10m',
    ]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const answer = JSON.parse(out) as AnalysisAnswer;
    expect(lockChain(answer)?.title).toContain('shop-admin), which was idle in transaction');
    expect(answer.meta).toMatchObject({ target: 'db', baseline: null });
    const unknown = await runCliHere(['report', 'nobody', '--data', folder]);
    expect(unknown).toMatchObject({ code: 1, err: expect.stringContaining('UNKNOWN_TARGET') });
  }, 60_000);

  test('is looked for where there is a record, and nowhere else', async () => {
    const { code, err } = await runCliHere(['report', '--state', join(folder, 'nowhere')]);
    expect({ code, err }).toEqual({
      code: 1,
      err: expect.stringMatching(/start airglow up .*DAEMON_NOT_RUNNING/s),
    });
  });
});
