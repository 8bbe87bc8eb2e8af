import { access, constants, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where groups that limit CPU can be made. */
export interface Hierarchy {
  readonly version: 1 | 2;
  /** Folders that need a group each: in v1 limiting (first) and accounting (last) can be mounted apart. */
  readonly parents: readonly string[];
}

interface Mount {
  readonly path: string;
  readonly type: string;
  readonly options: readonly string[];
}

/** The hierarchy with the cpu controller, or why there is none that we may use. */
export async function findHierarchy(): Promise<Hierarchy | string> {
  if (process.platform !== 'linux') return `cgroups are a thing of Linux, this is ${process.platform}`;
  const mounts = (await readMounts()).filter((mount) => mount.type.startsWith('cgroup'));
  const limiting = mounts.find((mount) => mount.type === 'cgroup' && mount.options.includes('cpu'));
  const accounting = mounts.find((mount) => mount.type === 'cgroup' && mount.options.includes('cpuacct'));
  if (limiting !== undefined && accounting !== undefined) {
    return usable({ version: 1, parents: [...new Set([limiting.path, accounting.path])] });
  }
  const unified = mounts.find((mount) => mount.type === 'cgroup2');
  if (unified === undefined) return 'no cgroup hierarchy with the cpu controller is mounted';
  return (await whyNoCpuController(unified.path)) ?? usable({ version: 2, parents: [unified.path] });
}

async function usable(hierarchy: Hierarchy): Promise<Hierarchy | string> {
  for (const folder of hierarchy.parents) {
    const writable = await access(folder, constants.W_OK).then(
      () => true,
      () => false,
    );
    if (!writable) return `${folder} is not writable (cgroups need root or delegation)`;
  }
  return hierarchy;
}

async function whyNoCpuController(path: string): Promise<string | null> {
  const has = async (file: string): Promise<boolean> =>
    (await readFile(join(path, file), 'utf8').catch(() => '')).split(/\s+/).includes('cpu');
  if (!(await has('cgroup.controllers'))) return `the cgroup v2 at ${path} has no cpu controller`;
  if (await has('cgroup.subtree_control')) return null;
  return writeFile(join(path, 'cgroup.subtree_control'), '+cpu').then(
    () => null,
    (error: Error) => `the cpu controller cannot be enabled at ${path}: ${error.message}`,
  );
}

async function readMounts(): Promise<Mount[]> {
  const lines = (await readFile('/proc/mounts', 'utf8')).trim().split('\n');
  return lines.map((line) => {
    const [, path = '', type = '', options = ''] = line.split(' ');
    return { path, type, options: options.split(',') };
  });
}
