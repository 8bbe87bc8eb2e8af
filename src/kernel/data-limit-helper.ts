import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';

/** A user of the system; null is the one that we are. */
export type UserIds = { readonly uid: number; readonly gid: number } | null;

/**
 * Orders are lines of `pid limit`, where the limit is a number of bytes or `unlimited`; each is answered by a line,
 * `0` where it was done.
 */
interface HelperProgram {
  readonly command: string;
  readonly args: readonly string[];
}

/** Number of the system call `prlimit64`. */
const PRLIMIT_CALLS: Readonly<Partial<Record<NodeJS.Architecture, number>>> = { x64: 302, arm64: 261 };

/** 0.03 ms an order, because it starts no program for it. */
const PERL = `
$0 = 'airglow-data-limit';
$| = 1;
my $call = shift;
while (<STDIN>) {
  my ($pid, $limit) = split;
  my $limits = pack('QQ', 0, 0);
  if (syscall($call, $pid + 0, 2, 0, $limits) != 0) { print $! + 0, "\\n"; next }
  my (undef, $hard) = unpack('QQ', $limits);
  $limits = pack('QQ', $limit eq 'unlimited' || $limit > $hard ? $hard : $limit + 0, $hard);
  print syscall($call, $pid + 0, 2, $limits, 0) == 0 ? 0 : $! + 0, "\\n";
}
`;

/** 1.5 ms an order, and many times that when processors are scarce. */
const SHELL = `
while read -r pid limit; do
  prlimit --pid "$pid" --data="$limit:" >/dev/null 2>&1
  echo $?
done
`;

/** Best first; some hosts lack the one, some the other. */
export const HELPER_PROGRAMS: readonly HelperProgram[] = [
  ...(PRLIMIT_CALLS[process.arch] === undefined
    ? []
    : [{ command: 'perl', args: ['-e', PERL, String(PRLIMIT_CALLS[process.arch])] }]),
  { command: '/bin/sh', args: ['-c', SHELL, 'airglow-data-limit'] },
];

/** Whoever owns the database may stop its user's processes, the helper too. */
const PATIENCE_MS = 5_000;

/** A small process that limits processes of its own user. It ends with us: its input does. */
export class DataLimitHelper {
  /** Which of {@link HELPER_PROGRAMS} it is. */
  readonly program: number;
  readonly #process: ChildProcess;
  readonly #waiting: ((isDone: boolean) => void)[] = [];
  #answers = '';
  #hasAnswered = false;
  #hasEnded = false;

  constructor(program: number, ids: UserIds) {
    this.program = program;
    const { command, args } = HELPER_PROGRAMS[program] ?? { command: '/bin/false', args: [] };
    this.#process = spawn(command, args, {
      ...(ids === null ? {} : { uid: ids.uid, gid: ids.gid }),
      detached: true,
      cwd: '/',
      stdio: ['pipe', 'pipe', 'ignore'],
      env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C' },
    });
    const ended = (): void => this.#ended();
    this.#process.on('error', ended);
    this.#process.on('close', ended);
    this.#process.stdin?.on('error', ended);
    this.#process.stdout?.on('data', (data: Buffer) => this.#take(data.toString('latin1')));
    this.#letGo();
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Whether it ever did anything: the program may not be there, or not run here. */
  get hasAnswered(): boolean {
    return this.#hasAnswered;
  }

  /** False where it was not done, for whatever reason. */
  async set(pid: number, bytes: number | null): Promise<boolean> {
    if (this.#hasEnded) return false;
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#process.kill('SIGKILL'), PATIENCE_MS).unref();
      this.#waiting.push((isDone) => {
        clearTimeout(timer);
        resolve(isDone);
      });
      this.#process.stdin?.write(`${pid} ${bytes === null ? 'unlimited' : Math.ceil(bytes)}\n`);
    });
  }

  /** It does what it was told before, and goes. */
  end(): void {
    this.#process.stdin?.end();
  }

  #take(text: string): void {
    this.#hasAnswered = true;
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
    this.#process.unref();
    for (const pipe of [this.#process.stdin, this.#process.stdout]) {
      if (pipe !== null && 'unref' in pipe && typeof pipe.unref === 'function') pipe.unref();
    }
  }
}
