import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describeFailure } from '../../src/cli/failure.ts';
import { runProgram } from '../../src/cli/program.ts';
import type { ProcessStreams } from '../../src/cli/program.ts';

const ROOT = join(import.meta.dirname, '..', '..');
/** The program as it is installed; see program-set-up.ts. From the root of the project. */
export const PROGRAM = 'dist/cli/main.js';

export interface RunningCli {
  readonly child: ChildProcess;
  readonly out: () => string;
  readonly err: () => string;
  readonly exited: Promise<number | null>;
}

export interface FinishedCli {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** The program as a user runs it, without what this process has in its environment about databases. */
export function startCli(args: readonly string[], env: Record<string, string> = {}): RunningCli {
  return launch(process.execPath, [PROGRAM, ...args], env);
}

export async function runCli(
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<FinishedCli> {
  const running = startCli(args, env);
  running.child.stdin?.end();
  const code = await running.exited;
  return { code, out: running.out(), err: running.err() };
}

/** The same on a terminal of its own, which `script` makes; its output is one. */
export function startCliOnTerminal(args: readonly string[], env: Record<string, string> = {}): RunningCli {
  const words = [process.execPath, PROGRAM, ...args];
  const command = words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
  return launch('script', ['-qefc', command, '/dev/null'], env);
}

/** The same within this process, which is quicker, for what ends with an answer or a refusal. */
export async function runCliHere(args: readonly string[]): Promise<FinishedCli> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const texts = { out: '', err: '' };
  stdout.on('data', (bytes: Buffer) => (texts.out += bytes.toString()));
  stderr.on('data', (bytes: Buffer) => (texts.err += bytes.toString()));
  // No terminals: of a stream these are only what the commands use of it.
  const streams = { stdin, stdout, stderr, env: {} } as unknown as ProcessStreams;
  try {
    return { code: await runProgram(args, streams), ...texts };
  } catch (error) {
    const { lines, exitCode } = describeFailure(error, false);
    return { code: exitCode, out: texts.out, err: `${texts.err}${lines.join('\n')}\n` };
  }
}

/** What the machine of the tests has in its environment about databases and about colours (CI takes them away). */
export const OF_THIS_MACHINE =
  /^(PG|AIRGLOW|NO_COLOR$|FORCE_COLOR$|NODE_DISABLE_COLORS$|CI$|TF_BUILD$|TEAMCITY_VERSION$)/;

function launch(file: string, args: readonly string[], env: Record<string, string>): RunningCli {
  const inherited = Object.entries(process.env).filter(([name]) => !OF_THIS_MACHINE.test(name));
  const child = spawn(file, args, {
    cwd: ROOT,
    env: { ...Object.fromEntries(inherited), ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const texts = { out: '', err: '' };
  child.stdout.on('data', (bytes: Buffer) => (texts.out += bytes.toString()));
  child.stderr.on('data', (bytes: Buffer) => (texts.err += bytes.toString()));
  // Who has ended reads nothing more.
  child.stdin.on('error', () => {});
  const exited = once(child, 'close').then(([code]) => code as number | null);
  return { child, out: () => texts.out, err: () => texts.err, exited };
}
