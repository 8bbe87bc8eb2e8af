import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { AirglowError } from '../errors.ts';
import { loadLibC } from './libc.ts';
import { readProcessStat } from './process-reader.ts';

/** A user of the system; null is the one that we are. */
export type UserIds = { readonly uid: number; readonly gid: number } | null;

/**
 * Sets how much private memory processes of one user may map (the soft RLIMIT_DATA; what they have, they keep). The
 * kernel lets us do that for processes of our own user, and with CAP_SYS_RESOURCE for others: a system call, 2 us.
 * Root in most containers lacks it, and there a small shell that runs as that user does it for us: 1.5 ms.
 */
export interface DataLimiter {
  /** Null takes the limit away. False where the process is gone. Raises LIMIT_REFUSED. */
  set(pid: number, bytes: number | null): Promise<boolean>;
  /** Ends the shell. */
  close(): void;
}

export function openDataLimiter(ids: UserIds): DataLimiter {
  return new Limiter(ids);
}

type Outcome = 'set' | 'gone' | 'forbidden';
type SystemCall = (pid: number, bytes: number | null) => Outcome;
type Prlimit = (pid: number, resource: number, next: Buffer | null, last: Buffer | null) => number;

class Limiter implements DataLimiter {
  readonly #ids: UserIds;
  #systemCall: SystemCall | null;
  #shell: LimiterShell | null = null;

  constructor(ids: UserIds) {
    this.#ids = ids;
    this.#systemCall = bindPrlimit();
  }

  async set(pid: number, bytes: number | null): Promise<boolean> {
    const outcome = this.#systemCall?.(pid, bytes) ?? 'forbidden';
    if (outcome !== 'forbidden') return outcome === 'set';
    this.#systemCall = null;
    if (this.#shell === null || this.#shell.hasEnded) this.#shell = new LimiterShell(this.#ids);
    if (await this.#shell.set(pid, bytes)) return true;
    const stat = readProcessStat(pid);
    if (stat === null || stat.isExiting || stat.state === 'Z') return false;
    throw new AirglowError(
      'LIMIT_REFUSED',
      `The memory of process ${pid} cannot be limited. Run Airglow as the user that the database runs as, ` +
        'or with CAP_SYS_RESOURCE, or install prlimit (util-linux).',
    );
  }

  close(): void {
    this.#shell?.end();
    this.#shell = null;
  }
}

const RLIMIT_DATA = 2;
const ESRCH = 3;
const UNLIMITED = 0xffff_ffff_ffff_ffffn;

/** Null where the foreign-function library does not run. */
function bindPrlimit(): SystemCall | null {
  const foreign = loadLibC();
  if (foreign === null) return null;
  const { koffi, libc } = foreign;
  try {
    const prlimit = libc.func('int prlimit64(int, int, void*, void*)') as Prlimit;
    const limits = Buffer.alloc(16);
    const failed = (): Outcome => (koffi.errno() === ESRCH ? 'gone' : 'forbidden');
    return (pid, bytes) => {
      if (prlimit(pid, RLIMIT_DATA, null, limits) !== 0) return failed();
      const hard = limits.readBigUInt64LE(8);
      const wanted = bytes === null ? UNLIMITED : BigInt(Math.ceil(bytes));
      limits.writeBigUInt64LE(wanted < hard ? wanted : hard, 0);
      return prlimit(pid, RLIMIT_DATA, limits, null) === 0 ? 'set' : failed();
    };
  } catch {
    // This C library has no such function.
    return null;
  }
}

const PATIENCE_MS = 5_000;

/** Orders are lines of `pid limit`, where the limit is as prlimit(1) reads it; each is answered by an exit code. */
const SCRIPT = `
while read -r pid limit; do
  prlimit --pid "$pid" --data="$limit:" >/dev/null 2>&1
  echo $?
done
`;

/** It ends with us: its input does. */
class LimiterShell {
  readonly #shell: ChildProcess;
  readonly #waiting: ((isSet: boolean) => void)[] = [];
  #answers = '';
  #hasEnded = false;

  constructor(ids: UserIds) {
    this.#shell = spawn('/bin/sh', ['-c', SCRIPT, 'airglow-data-limit'], {
      ...(ids === null ? {} : { uid: ids.uid, gid: ids.gid }),
      detached: true,
      cwd: '/',
      stdio: ['pipe', 'pipe', 'ignore'],
      env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C' },
    });
    const ended = (): void => this.#ended();
    this.#shell.on('error', ended);
    this.#shell.on('close', ended);
    this.#shell.stdin?.on('error', ended);
    this.#shell.stdout?.on('data', (data: Buffer) => this.#take(data.toString('latin1')));
    this.#letGo();
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  async set(pid: number, bytes: number | null): Promise<boolean> {
    if (this.#hasEnded) return false;
    return new Promise((resolve) => {
      // Whoever owns the database may stop its user's processes, this one too.
      const timer = setTimeout(() => this.#shell.kill('SIGKILL'), PATIENCE_MS).unref();
      this.#waiting.push((isSet) => {
        clearTimeout(timer);
        resolve(isSet);
      });
      this.#shell.stdin?.write(`${pid} ${bytes === null ? 'unlimited' : Math.ceil(bytes)}\n`);
    });
  }

  end(): void {
    this.#shell.stdin?.end();
  }

  #take(text: string): void {
    const lines = (this.#answers + text).split('\n');
    this.#answers = lines.pop() ?? '';
    for (const line of lines) this.#waiting.shift()?.(line === '0');
  }

  #ended(): void {
    this.#hasEnded = true;
    for (const resolve of this.#waiting.splice(0)) resolve(false);
  }

  /** It must not keep us alive. */
  #letGo(): void {
    this.#shell.unref();
    for (const pipe of [this.#shell.stdin, this.#shell.stdout]) {
      if (pipe !== null && 'unref' in pipe && typeof pipe.unref === 'function') pipe.unref();
    }
  }
}
