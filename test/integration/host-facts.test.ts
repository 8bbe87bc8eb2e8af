import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, expect, it } from 'vitest';
import type { TestContext } from 'vitest';
import type { HostFacts } from '../../src/kernel/host-facts.ts';
import { createCpuGroup } from '../kit/cgroup.ts';
import { waitFor } from '../kit/wait-for.ts';

const run = promisify(execFile);
const LIMIT_BYTES = 300 * 1024 * 1024;
const PRINT_FACTS = `import('${import.meta.resolve('../../src/kernel/host-facts.ts')}').then((m) => console.log(JSON.stringify(m.readHostFacts())))`;
const COMMAND = [process.execPath, '--import', import.meta.resolve('tsx'), '-e', PRINT_FACTS];

const folders: string[] = [];
afterEach(async () => {
  // Deepest first; a process on its way out holds its group a moment longer.
  for (const folder of folders.splice(0).toReversed())
    await waitFor(() => rmdir(folder).then(() => true), { what: `${folder} to be empty` });
});

/** A group with a memory limit and one without below it. */
async function limitMemory(ctx: TestContext): Promise<{ limited: string; below: string; root: string }> {
  const isV1 = existsSync('/sys/fs/cgroup/memory/memory.limit_in_bytes');
  const root = isV1 ? '/sys/fs/cgroup/memory' : '/sys/fs/cgroup';
  const limited = join(root, `airglow-test-host-${process.pid}`);
  try {
    await mkdir(limited);
    folders.push(limited);
    await writeFile(join(limited, isV1 ? 'memory.limit_in_bytes' : 'memory.max'), String(LIMIT_BYTES));
  } catch (error) {
    ctx.skip(`no memory group can be made here: ${String(error)}`);
  }
  const below = join(limited, 'below');
  await mkdir(below);
  folders.push(below);
  return { limited, below, root };
}

/** What a process in these groups finds; `prelude` runs in the shell before it. */
async function factsIn(groups: readonly string[], prelude = ''): Promise<HostFacts> {
  const enter = groups.map((group) => `echo $$ > ${group}/cgroup.procs && `).join('');
  const { stdout } = await run('sh', ['-c', `${enter}${prelude}exec "$@"`, 'sh', ...COMMAND]);
  return JSON.parse(stdout) as HostFacts;
}

it('memory is bounded by the limit of a group above', async (ctx) => {
  const { limited, below } = await limitMemory(ctx);
  expect((await factsIn([limited])).memoryBytes).toBe(LIMIT_BYTES);
  expect((await factsIn([below])).memoryBytes).toBe(LIMIT_BYTES);
  expect((await factsIn([])).memoryBytes).toBeGreaterThan(LIMIT_BYTES);
});

it('memory is bounded inside a container, which sees its own group as the top', async (ctx) => {
  const { limited, root } = await limitMemory(ctx);
  const enterContainer = `exec unshare -C -m --propagation private sh -c 'mount --bind ${limited} ${root} && exec "$@"' sh "$@"; `;
  let facts;
  try {
    facts = await factsIn([limited], enterContainer);
  } catch (error) {
    ctx.skip(`namespaces cannot be made here: ${String(error)}`);
  }
  expect(facts?.memoryBytes).toBe(LIMIT_BYTES);
});

it('processors are bounded by the quota of a group above', async (ctx) => {
  const { group, reason } = await createCpuGroup('host-facts', 0.5);
  if (group === null) ctx.skip(reason);
  try {
    expect((await factsIn([group!.path])).cpus).toBe(0.5);
  } finally {
    await group!.remove();
  }
});
