import { execFile } from 'node:child_process';
import { accessSync, chownSync, constants, mkdirSync, readFileSync, readdirSync, rmdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, expect, it } from 'vitest';
import { waitFor } from '../kit/wait-for.ts';

const run = promisify(execFile);
const MOUNT = '/sys/fs/cgroup';
const SCOPE = join(MOUNT, `airglow-test-scope-${process.pid}`);
const NOBODY = 65_534;
const CHILD = join(import.meta.dirname, 'limits-delegated-child.ts');

afterEach(async () => {
  for (const name of ['airglow-daemon', '']) {
    await waitFor(() => removed(join(SCOPE, name)), { what: 'the end of the scope' });
  }
});

function removed(folder: string): boolean {
  try {
    rmdirSync(folder);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}

/** A group that belongs to an ordinary user, as systemd delegates one; else the reason why there is none. */
async function delegate(controllers: readonly string[]): Promise<string | null> {
  if (process.getuid?.() !== 0) return 'only root can delegate';
  try {
    accessSync(join(MOUNT, 'cgroup.subtree_control'), constants.W_OK);
    for (const name of controllers) await writeFile(join(MOUNT, 'cgroup.subtree_control'), `+${name}`);
    mkdirSync(SCOPE);
  } catch (error) {
    return `no cgroup v2 with ${controllers.join(' and ')} here: ${(error as Error).message}`;
  }
  for (const path of ['', 'cgroup.procs', 'cgroup.subtree_control', 'cgroup.threads']) {
    chownSync(join(SCOPE, path), NOBODY, NOBODY);
  }
  return null;
}

it('an ordinary user limits processes in a scope that was delegated to him', async (ctx) => {
  const why = await delegate(['cpu', 'memory']);
  if (why !== null) return ctx.skip(why);
  const { stdout } = await run(process.execPath, ['--import', 'tsx', CHILD, SCOPE]);
  const answer = JSON.parse(stdout) as Record<string, unknown>;
  const name = SCOPE.slice(MOUNT.length);
  expect(answer).toMatchObject({
    capabilities: { cpu: true, memory: true, freezer: true },
    limits: { cpus: 0.5, memoryBytes: 64 * 1024 ** 2 },
    isInside: true,
    // In a leaf, since no process may be where groups are below; so are those of a group that was removed.
    own: `0::${name}/airglow-daemon`,
    after: `0::${name}/airglow-daemon`,
    again: { version: 2 },
  });
  expect(answer['folders']).toContain(join(SCOPE, 'airglow-test-scope', 'shop', 'db'));
  expect(readdirSync(SCOPE)).not.toContain('airglow-test-scope');
  expect(readFileSync(join(SCOPE, 'cgroup.subtree_control'), 'utf8').trim()).toBe('cpu memory');
});
