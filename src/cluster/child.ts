import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { open } from 'node:fs/promises';
import type { ServerFolder } from './server-folder.ts';
import { spawnIds } from './run-as.ts';
import type { RunAs } from './run-as.ts';

/** How a program ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A program of PostgreSQL that we started. */
export interface Child {
  readonly pid: number;
  readonly process: ChildProcess;
  readonly exited: Promise<Exit>;
}

export interface ChildOptions {
  readonly stdin?: 'ignore' | 'pipe';
  /** Besides PATH and the locale, which is C. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Starts a program in a session of its own (Ctrl-C in the terminal is for us; we stop it in good order), output to the
 * server's log, without our environment.
 */
export async function startChild(
  program: string,
  args: readonly string[],
  folder: ServerFolder,
  runAs: RunAs,
  options: ChildOptions = {},
): Promise<Child> {
  const log = await open(folder.logFile, 'a');
  try {
    const child = spawn(program, args, {
      ...spawnIds(runAs),
      detached: true,
      cwd: folder.dataDir,
      stdio: [options.stdin ?? 'ignore', log.fd, log.fd],
      env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C', ...options.env },
    });
    const exited = new Promise<Exit>((resolve) => {
      child.once('exit', (code, signal) => resolve({ code, signal }));
      child.once('error', () => resolve({ code: null, signal: null }));
    });
    if (child.pid === undefined) {
      await exited;
      throw new Error(`${program} could not be started`);
    }
    return { pid: child.pid, process: child, exited };
  } finally {
    await log.close();
  }
}
