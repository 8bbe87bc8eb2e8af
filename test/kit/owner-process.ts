import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** What the owner said about its server. */
export interface Served {
  readonly uid: number;
  readonly postmasterPid: number;
  readonly folder: string;
  readonly dataDir: string;
  readonly installDir: string;
  readonly url: string;
}

export interface OwnerOptions {
  readonly installDir?: string;
  /** Another user to run as; needs root. */
  readonly ids?: { readonly uid: number; readonly gid: number };
  readonly env?: NodeJS.ProcessEnv;
}

export interface Owner {
  readonly process: ChildProcess;
  readonly served: Served;
  readonly exited: Promise<void>;
}

/** Starts `serve-postgres.ts` as a process of its own, in a process group of its own, and waits for its server. */
export async function startOwner(options: OwnerOptions = {}): Promise<Owner> {
  const args = options.installDir === undefined ? [] : [options.installDir];
  const { said, ...program } = await startProgram<Served>('serve-postgres.ts', args, options);
  return { ...program, served: said };
}

export interface Program<T> {
  readonly process: ChildProcess;
  readonly said: T;
  readonly exited: Promise<void>;
}

/** Starts a program of this folder as a process of its own and waits for its first line, in JSON. */
export async function startProgram<T>(
  name: string,
  args: readonly string[],
  options: OwnerOptions = {},
): Promise<Program<T>> {
  const runner = ['--import', import.meta.resolve('tsx'), join(import.meta.dirname, name)];
  const child = spawn(process.execPath, [...runner, ...args], {
    ...options.ids,
    detached: true,
    // Without a cache of tsx in the name of a user who will not need it.
    env: { ...process.env, TSX_DISABLE_CACHE: '1', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const errors: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk.toString()));
  const exited = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
  });
  for await (const line of createInterface(child.stdout)) {
    return { process: child, said: JSON.parse(line) as T, exited };
  }
  await exited;
  throw new Error(`${name} ended without a word: ${errors.join('')}`);
}
