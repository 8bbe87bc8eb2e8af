import { AirglowError } from '../errors.ts';
import { DataLimitHelper, HELPER_PROGRAMS } from './data-limit-helper.ts';
import type { UserIds } from './data-limit-helper.ts';
import { loadLibC } from './libc.ts';
import { readProcessStat } from './process-reader.ts';

export type { UserIds } from './data-limit-helper.ts';

/**
 * Sets how much private memory processes of one user may map (the soft RLIMIT_DATA; what they have, they keep). The
 * kernel lets us do that for processes of our own user, and with CAP_SYS_RESOURCE for others, in 2 us. Root in most
 * containers lacks it, and there a small helper that runs as that user does it for us. Orders are done one after the
 * other, in the order of the calls.
 */
export interface DataLimiter {
  /** Null takes the limit away. False where the process is gone. Raises LIMIT_REFUSED. */
  set(pid: number, bytes: number | null): Promise<boolean>;
  /** Lets the helper go, when it has done what it was told. */
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
  #helper: DataLimitHelper | null = null;
  #program = 0;

  constructor(ids: UserIds) {
    this.#ids = ids;
    this.#systemCall = bindPrlimit();
  }

  async set(pid: number, bytes: number | null): Promise<boolean> {
    const outcome = this.#systemCall?.(pid, bytes) ?? 'forbidden';
    if (outcome !== 'forbidden') return outcome === 'set';
    this.#systemCall = null;
    for (;;) {
      const helper = this.#runningHelper();
      if (await helper.set(pid, bytes)) return true;
      if (!this.#triesAnother(helper)) break;
    }
    const stat = readProcessStat(pid);
    if (stat === null || stat.isExiting || stat.state === 'Z') return false;
    throw new AirglowError(
      'LIMIT_REFUSED',
      `The memory of process ${pid} cannot be limited. Run Airglow as the user that the database runs as, ` +
        'or with CAP_SYS_RESOURCE, or install perl or prlimit (util-linux).',
    );
  }

  close(): void {
    this.#helper?.end();
    this.#helper = null;
  }

  #runningHelper(): DataLimitHelper {
    if (this.#helper === null || this.#helper.hasEnded) {
      this.#helper = new DataLimitHelper(this.#program, this.#ids);
    }
    return this.#helper;
  }

  /** Whether the next program may do what this one did not: it does not run here. */
  #triesAnother(failed: DataLimitHelper): boolean {
    if (!failed.hasEnded || failed.hasAnswered) return false;
    if (failed.program === this.#program) this.#program++;
    if (this.#program < HELPER_PROGRAMS.length) return true;
    this.#program = HELPER_PROGRAMS.length - 1;
    return false;
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
