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

/** Builds dist/, and the dashboard in dist/web/, unless each is newer than all it is made of. */
export function ensureBuilt() {
  const ofBoth = [join(root, 'package.json')];
  if (!isNewer(join(root, 'dist', 'cli', 'main.js'), [...ofBoth, ...sourcesOfProgram()])) {
    console.error('Building...');
    runTool('typescript', 'bin/tsc', ['-p', 'tsconfig.build.json']);
  }
  ensureWebBuilt();
}

/** Only the dashboard. */
export function ensureWebBuilt() {
  const index = join(root, 'dist', 'web', 'index.html');
  if (!hasWeb() || isNewer(index, [join(root, 'package.json'), ...sourcesOfWeb()])) return;
  console.error('Building the dashboard...');
  buildWeb();
}

/** Does nothing where there is no dashboard to build. */
export function buildWeb() {
  // A test that builds it runs with NODE_ENV=test, which would put React's slow development version into the page.
  const options = { env: { ...process.env, NODE_ENV: 'production' } };
  if (hasWeb()) runTool('vite', 'bin/vite.js', ['build', 'web', '--logLevel', 'warn'], options);
}

function hasWeb() {
  return existsSync(join(root, 'web', 'vite.config.ts'));
}

function sourcesOfProgram() {
  return [...filesBelow(join(root, 'src')), join(root, 'tsconfig.build.json')];
}

/** The dashboard takes contracts and arithmetic from src. */
function sourcesOfWeb() {
  return [...filesBelow(join(root, 'web')), ...filesBelow(join(root, 'src'))];
}

function isNewer(made, inputs) {
  return existsSync(made) && inputs.every((file) => changedAtMs(file) <= changedAtMs(made));
}

function runTool(name, script, args, options = {}) {
  run(process.execPath, [join(root, 'node_modules', name, script), ...args], options);
}

function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

function changedAtMs(path) {
  return statSync(path).mtimeMs;
}
