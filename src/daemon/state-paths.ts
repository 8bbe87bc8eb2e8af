import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/**
 * Where `airglow up` keeps everything: a folder for each database, the record, the token, and the control socket by
 * which the commands find it.
 */
export function defaultStateDir(env: Readonly<Record<string, string | undefined>>, uid: number): string {
  if (uid === 0) return '/var/lib/airglow';
  const data = env['XDG_DATA_HOME'] ?? '';
  // The specification says to ignore what is no whole path.
  return join(data.startsWith('/') ? data : join(homedir(), '.local', 'share'), 'airglow');
}

export function controlSocketOf(stateDir: string): string {
  return join(resolve(stateDir), 'control.sock');
}

export function tokenFileOf(stateDir: string): string {
  return join(resolve(stateDir), 'token');
}
