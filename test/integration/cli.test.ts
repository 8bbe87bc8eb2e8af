import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { RunningPostgres } from '../../src/cluster/server.ts';
import { DIMENSIONS } from '../../src/load/model.ts';
import { OF_THIS_MACHINE, PROGRAM } from '../kit/airglow-cli.ts';
import { startLoad, type RunningLoad } from '../kit/load.ts';
import { startTestPostgres } from '../kit/postgres.ts';
import { waitFor } from '../kit/wait-for.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const COMMANDS = ['load', 'top', 'watch', 'dashboard', 'demo'];

interface Running {
  readonly child: ChildProcess;
  readonly out: () => string;
  readonly err: () => string;
  readonly exited: Promise<number | null>;
}

const children = new Set<ChildProcess>();

/** The program as a user runs it, without what this process has in its environment about databases. */
function start(args: readonly string[], env: Record<string, string> = {}): Running {
  const inherited = Object.entries(process.env).filter(([name]) => !OF_THIS_MACHINE.test(name));
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    cwd: ROOT,
    env: { ...Object.fromEntries(inherited), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.add(child);
  const texts = { out: '', err: '' };
  child.stdout?.on('data', (bytes: Buffer) => (texts.out += bytes.toString()));
  child.stderr?.on('data', (bytes: Buffer) => (texts.err += bytes.toString()));
  const exited = once(child, 'close').then(([code]) => {
    children.delete(child);
    return code as number | null;
  });
  return { child, out: () => texts.out, err: () => texts.err, exited };
}

async function run(args: readonly string[], env: Record<string, string> = {}) {
  const running = start(args, env);
  const code = await running.exited;
  return { code, out: running.out(), err: running.err() };
}

afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
});

describe('what is typed', () => {
  it('is helped with: every command has its options and examples', async () => {
    const { code, out } = await run(['--help']);
    expect(code).toBe(0);
    for (const command of COMMANDS) {
      expect(out).toContain(command);
      const help = await run([command, '--help']);
      expect(help.code).toBe(0);
      expect(help.out).toMatch(/Examples:\n {2}\$ airglow /);
      expect(help.out).toContain('--no-color');
    }
  });

  it('prints the version of the package', async () => {
    const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    expect(await run(['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' });
  });

  it.each([
    { args: ['lod'], says: 'Did you mean load?' },
    { args: ['load', '--second', '3'], says: '--seconds' },
    { args: ['load', '--seconds', 'soon', 'postgres://x@h/d'], says: '(INVALID_ARGUMENT)' },
    { args: ['load', '--by', 'colour', 'postgres://x@h/d'], says: 'wait, sql, user' },
    { args: ['load'], says: 'AIRGLOW_URL' },
    { args: ['load', 'shop'], says: '(INVALID_URL)' },
    { args: ['top', 'shop'], says: '"$(airglow cluster url shop)"' },
    { args: ['top', 'postgres://x@h/d'], says: 'airglow load' },
    { args: ['watch', '--listen', 'here', 'postgres://x@h/d'], says: '127.0.0.1:8642' },
  ])('ends with 2 and the way out: airglow $args', async ({ args, says }) => {
    const { code, out, err } = await run(args);
    expect(err).toContain(says);
    expect(err).not.toMatch(/\n\s+at /);
    expect({ code, out }).toEqual({ code: 2, out: '' });
  });
});

describe('a database that is not there', () => {
  let silent: Server;
  let port: number;

  beforeAll(async () => {
    silent = createServer((socket) => socket.on('error', () => {}));
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    port = (silent.address() as AddressInfo).port;
  });

  afterAll(() => silent.close());

  it('ends with 1, one line, no stack and no password', async () => {
    // Port 1 of loopback: nobody listens there.
    const { code, out, err } = await run(['load', 'postgres://app:hunter2@127.0.0.1:1/shop']);
    expect(err).toMatch(/^airglow: .+ \(DATABASE_(UNREACHABLE|REFUSED)\)\n$/);
    expect(err).not.toContain('hunter2');
    expect({ code, out }).toEqual({ code: 1, out: '' });
  });

  it('has its password taken out of the process list', async (context) => {
    if (process.platform !== 'linux') context.skip('reads /proc/PID/cmdline');
    const { child, exited } = start(['load', `postgres://app:hunter2@127.0.0.1:${port}/shop`]);
    const readCommandLine = () => readFile(`/proc/${child.pid}/cmdline`, 'latin1');
    await waitFor(async () => (await readCommandLine()).startsWith('airglow load\0'), {
      what: 'the new title',
    });
    expect(await readCommandLine()).not.toContain('hunter2');
    child.kill('SIGTERM');
    await exited;
  });
});

describe('a database that works', () => {
  let server: RunningPostgres;
  let load: RunningLoad;

  beforeAll(async () => {
    server = await startTestPostgres();
    load = await startLoad(server.url, {
      clients: 4,
      applicationName: 'sleepers',
      work: (client) => client.query("select pg_sleep(0.4), 'a literal' as secret"),
    });
  });

  afterAll(async () => {
    await load?.stop('abort');
    await server?.stop('immediate');
  });

  it('is measured as JSON', async () => {
    const { code, out, err } = await run(['load', '--seconds', '3', '--json'], { AIRGLOW_URL: server.url });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const answer = JSON.parse(out) as Record<string, unknown> & {
      aas: number;
      nonCpu: number;
      coverage: number;
      by: Record<string, { key: string; label: string; aas: number }[]>;
    };
    // Four clients sleep in the server nearly all the time; a starved machine makes it less, never more.
    expect(answer.nonCpu).toBeGreaterThan(1);
    expect(answer.aas).toBeLessThan(4.5);
    expect(answer.coverage).toBeGreaterThan(0.5);
    expect(['kernel', 'session']).toContain(answer['source']);
    expect(Object.keys(answer.by)).toEqual([...DIMENSIONS]);
    expect(answer.by['db.wait_event']?.[0]?.key).toBe('Timeout:PgSleep');
    expect(answer.by['db.application']?.[0]?.key).toBe('sleepers');
    expect(answer.by['db.sql_tokenized']?.[0]?.label).toMatch(/pg_sleep/);
    for (const field of ['seconds', 'ticks', 'idleInTransaction', 'standardError']) {
      expect(answer[field]).toBeTypeOf('number');
    }
    expect(answer['cost']).toMatchObject({ agentCpuMs: expect.any(Number), tickMsP50: expect.any(Number) });
    expect(out).not.toContain('a literal');
    expect(out).not.toContain(new URL(server.url).password);
  });

  it('is measured as tables of 80 columns', async () => {
    const { code, out } = await run(['load', '--seconds', '2'], { AIRGLOW_URL: server.url });
    expect(code).toBe(0);
    expect(out).toMatch(/^\d+\.\d+ average active sessions/);
    expect(out).toContain('Timeout:PgSleep');
    expect(out).toContain('pg_sleep');
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    expect(out).not.toContain('\u001b');
  });

  it('colours the tables when asked to', async () => {
    const { out } = await run(['load', '--seconds', '1'], { AIRGLOW_URL: server.url, FORCE_COLOR: '2' });
    expect(out).toContain('\u001b[');
  });

  it('is measured for as long as one lets it', async () => {
    const running = start(['load', '--seconds', '600', '--interval', '100ms', '--json'], {
      AIRGLOW_URL: server.url,
    });
    const { child } = running;
    // The measurement shows nothing where there is no terminal; its session in the server does.
    const observes = async (): Promise<boolean> => (await sessionsOf(server, 'airglow')) > 0;
    await waitFor(observes, { what: 'the observer to connect' });
    await new Promise((resolve) => setTimeout(resolve, 3000));
    child.kill('SIGINT');
    expect(await running.exited).toBe(0);
    expect((JSON.parse(running.out()) as { ticks: number }).ticks).toBeGreaterThan(0);
  });

  it('is drawn once where there is no terminal', async () => {
    const { code, out } = await run(['top', '--once'], { AIRGLOW_URL: server.url });
    expect(code).toBe(0);
    expect(out.split('\n')).toHaveLength(25);
    expect(out).toContain('Timeout:PgSleep');
    expect(out).toMatch(/> +\d+\.\d+ .*pg_sleep/);
  });

  it('is recorded and served until one stops it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'airglow-cli-'));
    try {
      const args = [
        'watch',
        '--listen',
        '127.0.0.1:0',
        '--data',
        join(folder, 'record'),
        `sleepers=${server.url}`,
      ];
      const running = start(args);
      const { child, out, exited } = running;
      const url = await waitFor(() => /served at (http:\S+)/.exec(out())?.[1], { what: 'the address' });
      const names = async (): Promise<string> => (await fetch(`${url}/api/targets`)).text();
      await waitFor(async () => (await names()).includes('sleepers'), { what: 'the target' });
      child.kill('SIGINT');
      expect(await exited).toBe(0);
      expect(out() + running.err()).not.toContain(new URL(server.url).password);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

describe('the demo', () => {
  it('tells what goes on where there is no terminal, and leaves no server behind', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'airglow-cli-'));
    await chmod(folder, 0o755);
    try {
      const { code, out, err } = await run(['demo', '--seconds', '15'], { TMPDIR: folder });
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(out).toMatch(/^ {2}\S.+AAS \d+\.\d+ · CPU.+ · waits \d+\.\d+/m);
      // tsx, which runs the sources here, keeps a folder of its own.
      expect(await readdir(folder)).toEqual([]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }, 120_000);
});

async function sessionsOf(server: RunningPostgres, application: string): Promise<number> {
  const { Client } = await import('pg');
  const client = new Client({ connectionString: server.url });
  await client.connect();
  try {
    const text = 'select count(*)::int as n from pg_stat_activity where application_name like $1';
    const { rows } = await client.query<{ n: number }>(text, [`${application}%`]);
    return rows[0]?.n ?? 0;
  } finally {
    await client.end();
  }
}
