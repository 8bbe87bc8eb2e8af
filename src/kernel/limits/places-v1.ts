import { join } from 'node:path';
import type { ControlFiles } from './control-files.ts';
import { openGroupV1 } from './group-v1.ts';
import type { HierarchyV1 } from './group-v1.ts';
import { KernelLimits } from './kernel-limits.ts';
import type { CgroupMount } from './mounts.ts';
import { errorCode } from './refusal.ts';

/** The host as the v1 hierarchies allow it; why not, where they give neither CPU nor memory. */
export async function findV1(
  files: ControlFiles,
  mounts: readonly CgroupMount[],
  rootName: string,
  pageBytes: number,
): Promise<KernelLimits | string> {
  const usable: HierarchyV1[] = [];
  const refused: string[] = [];
  for (const { path, controllers } of mounts.filter(({ version }) => version === 1)) {
    // A hierarchy may be mounted more than once.
    const missing = controllers.filter((one) => !usable.some((other) => other.controllers.includes(one)));
    if (missing.length === 0) continue;
    const root = join(path, rootName);
    const why = await whyUnusable(files, root);
    if (why === null) usable.push({ path, root, controllers: missing });
    else refused.push(why);
  }
  const has = (controller: string): boolean =>
    usable.some(({ controllers }) => controllers.includes(controller));
  const cpu = has('cpu') && has('cpuacct');
  if (!cpu && !has('memory')) {
    for (const { root } of usable) await files.removeFolder(root).catch(() => {});
    return refused[0] ?? 'no v1 hierarchy with the controllers cpu and cpuacct, or memory, is mounted';
  }
  const capabilities = {
    cpu,
    memory: has('memory'),
    swap: usable.some(({ root }) => files.exists(join(root, 'memory.memsw.limit_in_bytes'))),
    freezer: has('freezer'),
    burst: cpu && usable.some(({ root }) => files.exists(join(root, 'cpu.cfs_burst_us'))),
    pressure: false,
  };
  const roots = usable.map(({ root }) => root);
  const openGroup = (name: string): ReturnType<typeof openGroupV1> =>
    openGroupV1(files, usable, name, pageBytes);
  return new KernelLimits({ version: 1, capabilities, roots, openGroup }, files);
}

async function whyUnusable(files: ControlFiles, root: string): Promise<string | null> {
  try {
    await files.makeFolder(root);
    // A folder that is not ours can be there before us.
    files.writeNow(join(root, 'notify_on_release'), '0');
    return null;
  } catch (error) {
    return `${root} cannot be made or written (${errorCode(error)})`;
  }
}
