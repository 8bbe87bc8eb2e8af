import { execFile, spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const DEBIAN_FOLDER = '/usr/lib/postgresql';

export interface PgbenchResult {
  readonly tps: number;
  readonly transactions: number;
  readonly failed: number;
  /** Mean, as pgbench reports it. */
  readonly latencyMs: number;
  readonly output: string;
}

export interface RunningPgbench {
  readonly pid: number;
  /** Rejects when pgbench fails by itself. After `stop()` it resolves to null. */
  readonly finished: Promise<PgbenchResult | null>;
  stop(): Promise<void>;
}

export interface Pgbench {
  readonly path: string;
  init(url: string, scale: number): Promise<void>;
  /** Arguments as for pgbench itself, without the database (`['-S', '-c', '8', '-T', '10']`). */
  start(url: string, args: readonly string[]): RunningPgbench;
}

/** PostgreSQL's own load generator, which not every machine has: null and the reason then. */
export function findPgbench():
  | { readonly pgbench: Pgbench; readonly reason: null }
  | { readonly pgbench: null; readonly reason: string } {
  const path = candidates().find((one) => existsSync(one));
  if (path === undefined)
    return { pgbench: null, reason: 'pgbench is neither on the PATH nor in a Debian folder' };
  const pgbench: Pgbench = {
    path,
    async init(url, scale) {
      const { args, env } = connection(url);
      await run(path, ['-i', '-q', '-s', String(scale), ...args], { env });
    },
    start: (url, args) => startPgbench(path, url, args),
  };
  return { pgbench, reason: null };
}

function candidates(): string[] {
  const onPath = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'pgbench'));
  const majors = existsSync(DEBIAN_FOLDER) ? readdirSync(DEBIAN_FOLDER) : [];
  const newestFirst = majors.toSorted((a, b) => Number(b) - Number(a));
  return [...onPath, ...newestFirst.map((major) => join(DEBIAN_FOLDER, major, 'bin', 'pgbench'))];
}

/** The password travels in the environment: arguments are for all to see. */
function connection(url: string): { args: string[]; env: NodeJS.ProcessEnv } {
  const at = new URL(url);
  const host = at.searchParams.get('host') ?? at.hostname;
  return {
    args: [
      '-h',
      host,
      '-p',
      at.port,
      '-U',
      decodeURIComponent(at.username),
      decodeURIComponent(at.pathname.slice(1)),
    ],
    env: { ...process.env, PGPASSWORD: decodeURIComponent(at.password) },
  };
}

function startPgbench(path: string, url: string, benchArgs: readonly string[]): RunningPgbench {
  const { args, env } = connection(url);
  const child = spawn(path, [...benchArgs, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  if (child.pid === undefined) throw new Error(`${path} could not be started`);
  const output: string[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk.toString()));
  let stopped = false;
  const finished = new Promise<PgbenchResult | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      const text = output.join('');
      if (stopped) resolve(null);
      else if (code === 0) resolve(parsePgbench(text));
      else reject(new Error(`pgbench ended with code ${String(code)}: ${text.slice(-500)}`));
    });
  });
  finished.catch(() => {});
  return {
    pid: child.pid,
    finished,
    async stop() {
      stopped = true;
      child.kill('SIGTERM');
      await finished.catch(() => null);
    },
  };
}

export function parsePgbench(output: string): PgbenchResult {
  const number = (pattern: RegExp): number => Number(pattern.exec(output)?.[1] ?? Number.NaN);
  const failed = number(/number of failed transactions: (\d+)/);
  return {
    tps: number(/^tps = ([\d.]+)/m),
    transactions: number(/number of transactions actually processed: (\d+)/),
    failed: Number.isNaN(failed) ? 0 : failed,
    latencyMs: number(/latency average = ([\d.]+) ms/),
    output,
  };
}
