// Prints the path of a Chromium for the tests of the dashboard; sets one up where there is none. Without one it says
// why on standard error and ends with status 1.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { root } from './set-up.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const DOWNLOAD_MAY_TAKE_MS = 300_000;

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const path = findBrowser() ?? setUpBrowser();
  if (path !== null) console.log(path);
  process.exitCode = path === null ? 1 : 0;
}

/** Null where there is none. A path that was told counts only itself, so that nobody tests with another unawares. */
export function findBrowser() {
  const told = process.env.AIRGLOW_TEST_CHROMIUM;
  if (told) return isProgram(told) ? told : null;
  const onPath = NAMES.flatMap((name) =>
    (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name)),
  );
  return [...onPath, chromium.executablePath()].find(isProgram) ?? null;
}

/** Null where it cannot be had, with the reason on standard error. */
function setUpBrowser() {
  const told = process.env.AIRGLOW_TEST_CHROMIUM;
  if (told) return refuse(`AIRGLOW_TEST_CHROMIUM is ${told}, where there is no program`);
  console.error('Setting up Chromium for the tests (once)...');
  for (const attempt of [installPackage, download]) {
    attempt();
    const path = findBrowser();
    // A download may lack libraries that the system does not have.
    if (path !== null && starts(path)) return path;
  }
  return refuse(
    'there is no Chromium that starts: install one (apt-get install chromium), or name one in AIRGLOW_TEST_CHROMIUM',
  );
}

function installPackage() {
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) return;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const install = () => quietly('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], { env });
  if (install() !== 0 && quietly('apt-get', ['update'], { env }) === 0) install();
}

function download() {
  const cli = join(root, 'node_modules', 'playwright-core', 'cli.js');
  quietly(process.execPath, [cli, 'install', 'chromium']);
}

function starts(path) {
  return quietly(path, ['--version']) === 0;
}

/** What it says goes to standard error: the path is all there is on standard output. */
function quietly(command, args, options = {}) {
  const stdio = ['ignore', 'ignore', 'inherit'];
  return spawnSync(command, args, { cwd: root, stdio, timeout: DOWNLOAD_MAY_TAKE_MS, ...options }).status;
}

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function refuse(reason) {
  console.error(reason);
  return null;
}
