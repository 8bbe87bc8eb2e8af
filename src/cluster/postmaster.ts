import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { AirglowError } from '../errors.ts';
import type { Binaries } from './binaries.ts';
import { startChild } from './child.ts';
import type { Child } from './child.ts';
import type { Guard } from './guard.ts';
import { fatalCause } from './log-cause.ts';
import { lastLogLines } from './log-tail.ts';
import type { RunAs } from './run-as.ts';
import type { ServerFolder } from './server-folder.ts';
import { endOrphans, trySignal } from './server-processes.ts';
import { stopInTime } from './stop-signals.ts';
import type { StopMode } from './stop-signals.ts';

export type { StopMode } from './stop-signals.ts';

const ORPHAN_GRACE_MS = 5_000;

/** Starts the postmaster; `guard` stops it should we die. */
export async function startPostmaster(
  binaries: Binaries,
  folder: ServerFolder,
  runAs: RunAs,
  guard: Guard,
): Promise<Child> {
  const args = ['-D', folder.dataDir, '-c', `config_file=${folder.configFile}`];
  const child = await startChild(binaries.postgres, args, folder, runAs);
  guard.watch(child.pid, 'quit');
  void child.exited.then(() => guard.forget());
  return child;
}

/**
 * Resolves once a connection over the Unix socket in our own folder was answered (on the TCP port somebody else might
 * listen). Raises PORT_IN_USE or POSTGRES_FAILED with the last lines of the log.
 */
export async function untilReady(
  child: Child,
  folder: ServerFolder,
  socketUrl: string,
  port: number,
  timeoutMs: number,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await answers(socketUrl))) {
    if (hasEnded(child)) {
      const { code, signal } = await child.exited;
      throw await startFailure(`PostgreSQL ended with ${signal ?? `code ${code}`}`, folder, port);
    }
    if (performance.now() > deadline) {
      throw await startFailure(`PostgreSQL did not accept connections within ${timeoutMs} ms`, folder, port);
    }
    await sleep(30);
  }
}

/** Ends the postmaster and all its processes; after `patienceMs` in one mode the next harsher one is used. */
export async function stopPostmaster(
  child: Child,
  dataDir: string,
  mode: StopMode,
  patienceMs: number,
): Promise<void> {
  const target = {
    hasEnded: () => hasEnded(child),
    signal: (signal: NodeJS.Signals) => trySignal(child.pid, signal),
    exited: child.exited,
  };
  await stopInTime(target, mode, patienceMs);
  await child.exited;
  await endOrphans(dataDir, ORPHAN_GRACE_MS);
}

export function hasEnded(child: Child): boolean {
  return child.process.exitCode !== null || child.process.signalCode !== null;
}

/** In the database `postgres`; the library itself must be preloaded. */
export async function createStatStatements(socketUrl: string): Promise<void> {
  await runOnce(socketUrl, 'create extension if not exists pg_stat_statements');
}

async function answers(socketUrl: string): Promise<boolean> {
  return runOnce(socketUrl, 'select 1').then(
    () => true,
    () => false,
  );
}

async function runOnce(socketUrl: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: socketUrl, connectionTimeoutMillis: 5_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query(sql);
  } finally {
    await client.end().catch(() => {});
  }
}

/**
 * Why it did not start: PORT_IN_USE where its log says so, else POSTGRES_FAILED. Its first line has the cause, for
 * everybody; the end of the log follows. Lines before `fromByte` are of earlier runs, and may hold statements.
 */
export async function startFailure(
  what: string,
  folder: ServerFolder,
  port: number,
  fromByte = 0,
): Promise<AirglowError> {
  const log = await lastLogLines(folder.logFile, 10, 8192, fromByte);
  if (/could not (bind|create any TCP\/IP sockets)/.test(log)) {
    return new AirglowError(
      'PORT_IN_USE',
      `Port ${port} on 127.0.0.1 is taken. Choose another one, or none at all.`,
    );
  }
  const cause = fatalCause(log);
  const because = cause === null ? '' : `: ${cause}`;
  return new AirglowError('POSTGRES_FAILED', `${what}${because}.\nThe end of its log:\n${log}`);
}
