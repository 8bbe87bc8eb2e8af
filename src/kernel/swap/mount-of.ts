import { readText } from '../process-reader.ts';
import { unescapePath } from './octal-escapes.ts';

/** The file system that a path is on. */
export interface MountedOn {
  /** As in `ext4`. */
  readonly type: string;
  readonly mountPath: string;
  readonly isReadOnly: boolean;
}

/** Null where nobody tells. `path` is whole, with links resolved. */
export function readMountOf(path: string): MountedOn | null {
  return findMountOf(readText('/proc/self/mountinfo') ?? '', path);
}

/** In the text of /proc/self/mountinfo: the deepest mount above the path; of several at one place, the last covers the others. */
export function findMountOf(mountinfo: string, path: string): MountedOn | null {
  let found: MountedOn | null = null;
  for (const line of mountinfo.split('\n')) {
    const [mount = '', system = ''] = line.split(' - ');
    const [, , , , escaped, options = ''] = mount.split(' ');
    const [type = '', , superOptions = ''] = system.split(' ');
    if (escaped === undefined) continue;
    const mountPath = unescapePath(escaped);
    const isAbove = mountPath === '/' || path === mountPath || path.startsWith(`${mountPath}/`);
    if (!isAbove || mountPath.length < (found?.mountPath.length ?? 0)) continue;
    const isReadOnly = [options, superOptions].some((words) => words.split(',').includes('ro'));
    found = { type, mountPath, isReadOnly };
  }
  return found;
}
