import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** What util-linux has for swap. */
export type SwapProgram = 'mkswap' | 'swapon' | 'swapoff' | 'fallocate';

/** Not in everybody's PATH. */
const ALSO_IN = ['/usr/sbin', '/sbin', '/usr/bin', '/bin'];

/** Why a program did not do what it was asked for. */
export class ProgramFailed extends Error {
  readonly program: SwapProgram;
  /** It is not installed. */
  readonly isMissing: boolean;

  constructor(program: SwapProgram, message: string, isMissing = false) {
    super(message);
    this.name = 'ProgramFailed';
    this.program = program;
    this.isMissing = isMissing;
  }

  /** Permission was refused. */
  get isForbidden(): boolean {
    return /operation not permitted|permission denied/i.test(this.message);
  }

  /** The file is not one that can be swapped to as it is. */
  get isUnsuitable(): boolean {
    return /invalid argument|holes/i.test(this.message);
  }
}

/** Its path; null where it is not installed. */
export async function findProgram(program: SwapProgram): Promise<string | null> {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...ALSO_IN];
  for (const folder of folders.filter((each) => each.startsWith('/'))) {
    const path = join(folder, program);
    if (await isExecutable(path)) return path;
  }
  return null;
}

/** Waits for as long as it takes: swapoff of much memory may take minutes. Raises ProgramFailed. */
export async function runProgram(program: SwapProgram, args: readonly string[]): Promise<void> {
  const path = await findProgram(program);
  if (path === null)
    throw new ProgramFailed(program, `${program} is not installed: it is part of util-linux`, true);
  await new Promise<void>((done, fail) => {
    // Whatever language the user has, the answers are looked into.
    const env = { ...process.env, LC_ALL: 'C' };
    execFile(path, args, { encoding: 'utf8', env }, (error, _stdout, stderr) => {
      if (error === null) return done();
      fail(new ProgramFailed(program, stderr.trim().split('\n').at(-1) || error.message));
    });
  });
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
