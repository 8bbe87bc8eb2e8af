import { accessSync, constants } from 'node:fs';
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
  readonly root: string;
  readonly control: string;
  readonly frozen: string;
  readonly thawed: string;
}

const LAYOUTS: readonly Layout[] = [
  { root: '/sys/fs/cgroup/freezer', control: 'freezer.state', frozen: 'FROZEN', thawed: 'THAWED' },
  { root: '/sys/fs/cgroup/unified', control: 'cgroup.freeze', frozen: '1', thawed: '0' },
  { root: '/sys/fs/cgroup', control: 'cgroup.freeze', frozen: '1', thawed: '0' },
];

/** The reason, where no server can be frozen here. */
export async function createFreezer(name: string, postmasterPid: number): Promise<Freezer | string> {
  const layout = LAYOUTS.find(({ root }) => isWritable(join(root, 'cgroup.procs')));
  if (layout === undefined) return 'no cgroup hierarchy with a freezer can be written';
  const group = await enclose(layout.root, name, postmasterPid);
  const control = join(group.path, layout.control);
  return {
    async freeze() {
      await writeFile(control, layout.frozen);
      const isFrozen = async (): Promise<boolean> =>
        (await readFile(control, 'utf8')).trim() === layout.frozen;
      await waitFor(isFrozen, { what: 'the freeze' });
    },
    thaw: () => writeFile(control, layout.thawed),
    remove: () => group.remove(),
  };
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
