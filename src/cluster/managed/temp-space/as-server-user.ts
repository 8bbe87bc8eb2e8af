import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { spawnIds } from '../../run-as.ts';
import type { RunAs } from '../../run-as.ts';

/**
 * Runs a program in the name of the server's user: as root we keep out of folders that somebody else can change. Raises
 * what it said.
 */
export async function asServerUser(runAs: RunAs, program: string, args: readonly string[]): Promise<void> {
  const child = spawn(program, args, {
    ...spawnIds(runAs),
    cwd: '/',
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { LC_ALL: 'C' },
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = `${said}${text}`.slice(-500);
  });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(said.trim().split('\n')[0] ?? `${program} failed`);
}
