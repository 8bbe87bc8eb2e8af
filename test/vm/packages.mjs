// Debian packages: installed, or only unpacked.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Why there can be no test machine here, with the way out. */
export class NoMachine extends Error {}

export const isRoot = process.getuid?.() === 0;

/** @param {string} name */
export function isCommand(name) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/**
 * Installs a package for the sake of one command, unless that is there.
 * @param {string} command
 * @param {string} name of the package
 */
export function ensureInstalled(command, name) {
  if (isCommand(command)) return;
  const remedy = `apt-get install --no-install-recommends ${name}`;
  if (!isCommand('apt-get'))
    throw new NoMachine(`${command} is missing; install it as this system does (Debian: ${remedy})`);
  if (!isRoot) throw new NoMachine(`${command} is missing; as root: ${remedy}`);
  console.error(`Installing ${name} (once)...`);
  withFreshLists(() => ask('apt-get', ['install', '-y', '-q', '--no-install-recommends', name]));
  if (!isCommand(command))
    throw new NoMachine(`${command} is missing and could not be installed; see: ${remedy}`);
}

/**
 * Unpacks a package into a new folder without installing it.
 * @param {string} name
 * @param {string} folder
 */
export function unpack(name, folder) {
  for (const tool of ['apt-get', 'dpkg-deb']) {
    if (!isCommand(tool)) throw new NoMachine(`${tool} is missing; ${name} is taken from Debian's packages`);
  }
  const download = join(folder, 'download');
  mkdirSync(download, { recursive: true });
  if (withFreshLists(() => ask('apt-get', ['download', '-q', name], download)) === null)
    throw new NoMachine(
      `apt-get cannot download ${name}; run apt-get update as root, or name another package`,
    );
  const [archive = ''] = readdirSync(download);
  if (ask('dpkg-deb', ['-x', join(download, archive), folder]) === null)
    throw new NoMachine(`${archive} cannot be unpacked; is the disk full?`);
  rmSync(download, { recursive: true });
}

/**
 * The first package that `name` depends on and that `pattern` matches.
 * @param {string} name
 * @param {RegExp} pattern
 */
export function dependencyOf(name, pattern) {
  const answer = withFreshLists(() => ask('apt-cache', ['depends', '--important', name])) ?? '';
  const names = [...answer.matchAll(/^\s*Depends: (\S+)$/gm)].map((match) => match[1] ?? '');
  return names.find((one) => pattern.test(one)) ?? null;
}

/** Lists of packages may be missing or name what is no longer there. */
function withFreshLists(attempt) {
  const first = attempt();
  if (first !== null || !isRoot) return first;
  ask('apt-get', ['update', '-q']);
  return attempt();
}

/** What a command printed; null where it failed. */
function ask(command, args, cwd) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' };
  const { status, stdout } = spawnSync(command, args, { encoding: 'utf8', cwd, env });
  return status === 0 ? stdout : null;
}
