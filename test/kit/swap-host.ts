import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, rm, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KERNEL_FILES } from '../../src/kernel/limits/control-files.ts';
import { findMemoryPlace } from '../../src/kernel/swap/memory-place.ts';
import type { MemoryPlace } from '../../src/kernel/swap/memory-place.ts';
import { turnOffSwapFile } from '../../src/kernel/swap/swap-file.ts';
import { openSwapSystem } from '../../src/kernel/swap/swap-system.ts';
import type { SwapSystem } from '../../src/kernel/swap/swap-system.ts';
import { waitFor } from './wait-for.ts';

/**
 * This host's swap, with control groups and settings of a test's own in place of the host's: what else runs here keeps its
 * swap. Below `place.top` there is `airglow`, and `other` with `other/inner`.
 */
export interface SwapHost extends AsyncDisposable {
  readonly system: SwapSystem;
  readonly place: MemoryPlace;
  readonly stateDir: string;
  readonly disk: string;
  readonly settings: string;
  /** Of a group below the top, or of the settings; without the end of its line. */
  value(name: string): string;
}

const GROUPS = ['airglow', 'other', 'other/inner'];

/** Or why there is none here. */
export async function openSwapHost(): Promise<SwapHost | string> {
  const found = findMemoryPlace(KERNEL_FILES);
  if (found === null) return 'no memory controller here';
  const whyNot = await openSwapSystem().whyNot();
  if (whyNot !== null && !/account/.test(whyNot)) return whyNot;
  const top = join(found.top, `airglow-test-tier-${process.pid}`);
  const place = { version: found.version, top, own: join(top, 'airglow') };
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'airglow-tier-')));
  const [stateDir, disk, settings] = ['state', 'disk', 'vm'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  for (const each of [stateDir, disk, settings]) await mkdir(each);
  // One character: a file of the usual kind keeps what lies behind what is written.
  writeFileSync(join(settings, 'swappiness'), '9');
  writeFileSync(join(settings, 'page-cluster'), '3');
  await makeGroups(place);
  return {
    system: openSwapSystem({ place, settings }),
    ...{ place, stateDir, disk, settings },
    value: (name) => readFileSync(join(name.includes('/') ? top : settings, name), 'utf8').trim(),
    async [Symbol.asyncDispose]() {
      const file = join(disk, 'airglow-tier.swap');
      await turnOffSwapFile(file).catch(() => {});
      await rm(folder, { recursive: true, force: true });
      for (const name of [...GROUPS.toReversed(), '']) await removeGroup(join(top, name));
    },
  };
}

async function makeGroups({ version, top }: MemoryPlace): Promise<void> {
  // The root hands the controller on where nobody else has had it do so.
  if (version === 2) writeFileSync(join(top, '..', 'cgroup.subtree_control'), '+memory');
  await mkdir(top);
  for (const name of GROUPS) {
    if (version === 2) writeFileSync(join(top, name, '..', 'cgroup.subtree_control'), '+memory');
    await mkdir(join(top, name));
    const swappiness = join(top, name, 'memory.swappiness');
    if (existsSync(swappiness)) writeFileSync(swappiness, '60');
  }
}

async function removeGroup(path: string): Promise<void> {
  // Whoever was in there is gone a moment after his end.
  await waitFor(
    async () => {
      await rmdir(path).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
      });
      return true;
    },
    { what: `the end of the group ${path}` },
  );
}

/**
 * A process that fills more memory than its group may have. Resolves to true once it has done so, to false where the kernel
 * killed it for it. `whileFull` is done before it ends.
 */
export async function overfill(
  { version, top }: MemoryPlace,
  group: string,
  whileFull: () => Promise<void> = async () => {},
): Promise<boolean> {
  const folder = join(top, group);
  writeFileSync(
    join(folder, version === 1 ? 'memory.limit_in_bytes' : 'memory.max'),
    String(128 * 1024 ** 2),
  );
  const script =
    'globalThis.b = Buffer.alloc(192 * 2 ** 20, 7); console.log("full"); setInterval(() => {}, 1e6)';
  const enter = 'echo $$ > "$0/cgroup.procs" && exec "$1" -e "$2"';
  const child = spawn('sh', ['-c', enter, folder, process.execPath, script], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const exited = once(child, 'exit').then(() => false);
  const filled = once(child.stdout, 'data').then(() => true);
  const isFull = await Promise.race([exited, filled]);
  try {
    if (isFull) await whileFull();
  } finally {
    child.kill('SIGKILL');
    await exited;
  }
  return isFull;
}
