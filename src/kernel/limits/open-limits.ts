import { readText } from '../process-reader.ts';
import { readPageBytes } from '../page-size.ts';
import { KERNEL_FILES } from './control-files.ts';
import type { KernelLimits } from './kernel-limits.ts';
import { parseCgroupMounts, parseOwnGroup } from './mounts.ts';
import { findV1 } from './places-v1.ts';
import { findV2 } from './places-v2.ts';
import { DELEGATION_REMEDY } from './refusal.ts';
import type { LimitsHost, NoLimits } from './resource-group.ts';

export interface OpenLimitsOptions {
  /** Name of the folder that holds all groups, in every hierarchy; `airglow` unless told otherwise. */
  readonly root?: string;
}

/**
 * Where groups can be made on this host: in the v1 hierarchies where one has the cpu or the memory controller, else in
 * the v2 hierarchy, from its root or, without the right to that, from our own group, when it was delegated to us. In
 * the latter case this process moves to a leaf of its group.
 */
export async function openLimits(options: OpenLimitsOptions = {}): Promise<KernelLimits | NoLimits> {
  const root = options.root ?? 'airglow';
  const text = readText('/proc/mounts');
  if (process.platform !== 'linux' || text === null) {
    const reason = `Limits are control groups of Linux, and this is ${process.platform}.`;
    return { reason, remedy: 'Run Airglow on Linux to have capacity enforced; everything else works here.' };
  }
  const mounts = parseCgroupMounts(text);
  const pageBytes = readPageBytes();
  const v1 = await findV1(KERNEL_FILES, mounts, root, pageBytes);
  if (typeof v1 !== 'string') return v1;
  const unified = mounts.find(({ version }) => version === 2);
  if (unified === undefined) return none(v1);
  const ownGroup = parseOwnGroup(readText('/proc/self/cgroup') ?? '', unified.path);
  const v2 = await findV2(KERNEL_FILES, { mountPath: unified.path, ownGroup }, root, pageBytes);
  if (typeof v2 !== 'string') return v2;
  return none(mounts.some(({ version }) => version === 1) ? `${v1}; ${v2}` : v2);
}

/** Whether there is a host of limits, or only the reason why not. */
export function hasLimits<T extends LimitsHost>(found: T | NoLimits): found is T {
  return 'open' in found;
}

function none(why: string): NoLimits {
  return { reason: `No control groups can be made: ${why.replace(/\.$/, '')}.`, remedy: remedy() };
}

function remedy(): string {
  if (process.getuid?.() !== 0) return `${DELEGATION_REMEDY[0]?.toUpperCase()}${DELEGATION_REMEDY.slice(1)}.`;
  return 'Run Airglow on the host itself, or in a container that may write /sys/fs/cgroup and has its controllers.';
}
