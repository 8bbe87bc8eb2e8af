import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** Runs a command with its output shown; ends this process when it fails. */
export function run(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

/**
 * Installs what package-lock.json names, unless that is there already. Not `npm ci`: it refuses a lock file that lacks
 * the packages of other platforms, and not every registry has those.
 */
export function ensureInstalled() {
  const installed = join(root, 'node_modules', '.package-lock.json');
  if (existsSync(installed) && changedAtMs(installed) >= changedAtMs(join(root, 'package-lock.json'))) return;
  console.error('Installing the libraries (once)...');
  run('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error']);
}

/** Builds dist/ unless it is newer than every source file. */
export function ensureBuilt() {
  const main = join(root, 'dist', 'cli', 'main.js');
  const inputs = [
    ...filesBelow(join(root, 'src')),
    join(root, 'tsconfig.build.json'),
    join(root, 'package.json'),
  ];
  if (existsSync(main) && inputs.every((file) => changedAtMs(file) <= changedAtMs(main))) return;
  console.error('Building...');
  run(process.execPath, [
    join(root, 'node_modules', 'typescript', 'bin', 'tsc'),
    '-p',
    'tsconfig.build.json',
  ]);
}

function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

function changedAtMs(path) {
  return statSync(path).mtimeMs;
}
