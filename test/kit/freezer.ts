import { accessSync, constants, existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { enclose } from './process-group.ts';
import { waitFor } from './wait-for.ts';

/** Stops and continues a whole server as a pause does. */
export interface Freezer {
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  remove(): Promise<void>;
}

interface Layout {
  readonly version: 1 | 2;
  readonly root: string;
  readonly control: string;
  readonly frozen: string;
  readonly thawed: string;
  /** Where the kernel says that all stand still, and how. */
  readonly state: string;
  readonly isFrozen: RegExp;
}

const V2 = {
  version: 2,
  control: 'cgroup.freeze',
  frozen: '1',
  thawed: '0',
  state: 'cgroup.events',
  isFrozen: /^frozen 1$/m,
} as const;
const LAYOUTS: readonly Layout[] = [
  {
    version: 1,
    root: '/sys/fs/cgroup/freezer',
    control: 'freezer.state',
    frozen: 'FROZEN',
    thawed: 'THAWED',
    state: 'freezer.state',
    isFrozen: /^FROZEN$/m,
  },
  { ...V2, root: '/sys/fs/cgroup/unified' },
  { ...V2, root: '/sys/fs/cgroup' },
];

/** By the version of cgroups asked for, or whichever there is. The reason, where no server can be frozen here. */
export async function createFreezer(
  name: string,
  postmasterPid: number,
  version: 1 | 2 | null = null,
): Promise<Freezer | string> {
  const layout = LAYOUTS.find((one) => (version ?? one.version) === one.version && isUsable(one));
  if (layout === undefined)
    return `no cgroup hierarchy (v${version ?? '1 or 2'}) with a freezer can be written`;
  // A group of its own: in v2 one that limits CPU may have the plain name.
  const group = await enclose(layout.root, `${name}-freezer`, postmasterPid);
  const control = join(group.path, layout.control);
  const state = join(group.path, layout.state);
  return {
    async freeze() {
      await writeFile(control, layout.frozen);
      await waitFor(async () => layout.isFrozen.test(await readFile(state, 'utf8')), {
        what: 'the freeze',
        pollMs: 2,
      });
    },
    thaw: () => writeFile(control, layout.thawed),
    remove: () => group.remove(),
  };
}

/** In v2 the root has neither a freezer nor events of its own, but the groups below it do. */
function isUsable({ version, root }: Layout): boolean {
  return (
    isWritable(join(root, 'cgroup.procs')) && (version === 1 || existsSync(join(root, 'cgroup.controllers')))
  );
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
