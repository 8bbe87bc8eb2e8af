import { join } from 'node:path';

/** A mounted hierarchy of control groups. */
export interface CgroupMount {
  readonly version: 1 | 2;
  readonly path: string;
  /** Of v1; in v2 `cgroup.controllers` tells. */
  readonly controllers: readonly string[];
}

/** What of v1 is of use here. */
const CONTROLLERS = ['cpu', 'cpuacct', 'memory', 'freezer'];

/** The hierarchies in the text of /proc/mounts; those of v1 that hold none of our controllers are left out. */
export function parseCgroupMounts(text: string): CgroupMount[] {
  const mounts: CgroupMount[] = [];
  for (const line of text.split('\n')) {
    const [, path = '', type = '', options = ''] = line.split(' ');
    if (type === 'cgroup2') mounts.push({ version: 2, path: unescape(path), controllers: [] });
    if (type !== 'cgroup') continue;
    const controllers = options.split(',').filter((option) => CONTROLLERS.includes(option));
    if (controllers.length > 0) mounts.push({ version: 1, path: unescape(path), controllers });
  }
  return mounts;
}

/** Blanks and the like are written as `\040`. */
function unescape(path: string): string {
  return path.replaceAll(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}

/** Our own group in a v2 hierarchy, from the text of /proc/self/cgroup; null where it is outside of the mount. */
export function parseOwnGroup(text: string, mountPath: string): string | null {
  const path = /^0::(\/.*)$/m.exec(text)?.[1];
  return path === undefined || path.startsWith('/..') ? null : join(mountPath, path).replace(/(?<=.)\/$/, '');
}
