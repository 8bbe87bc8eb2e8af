import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { ServicePlan } from './service-plan.ts';

type Scope = ServicePlan['scope'];

/** What is needed of systemd; a test gives another one. */
export interface Systemd {
  /** Whether it is what manages services here. */
  readonly isManager: boolean;
  /** The folder of its units. */
  unitDir(scope: Scope): string;
  /** Never raises. */
  run(scope: Scope, args: readonly string[]): Promise<{ readonly isDone: boolean; readonly text: string }>;
}

export function systemdOf(env: Readonly<Record<string, string | undefined>>): Systemd {
  return {
    // As sd_booted(3) says.
    isManager: existsSync('/run/systemd/system'),
    unitDir: (scope) => (scope === 'system' ? '/etc/systemd/system' : userUnitDir(env)),
    run: runSystemctl,
  };
}

function userUnitDir(env: Readonly<Record<string, string | undefined>>): string {
  const config = env['XDG_CONFIG_HOME'] ?? '';
  return join(config.startsWith('/') ? config : join(homedir(), '.config'), 'systemd', 'user');
}

const PATIENCE_MS = 90_000;

function runSystemctl(scope: Scope, args: readonly string[]): Promise<{ isDone: boolean; text: string }> {
  const all = [...(scope === 'user' ? ['--user'] : []), ...args];
  return new Promise((resolve) => {
    execFile('systemctl', all, { timeout: PATIENCE_MS }, (error, stdout, stderr) => {
      const text = `${stdout}${stderr}`.trim();
      resolve({ isDone: error === null, text: text === '' && error !== null ? error.message : text });
    });
  });
}

/** As a person types it. */
export function typed(scope: Scope, args: readonly string[]): string {
  return ['systemctl', ...(scope === 'user' ? ['--user'] : []), ...args].join(' ');
}
