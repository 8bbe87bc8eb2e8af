import { readText } from './process-reader.ts';

/** Where a control group may be: in the unified hierarchy, or in version 1's of the controller. */
export interface GroupFolder {
  readonly version: 1 | 2;
  readonly folder: string;
}

/**
 * The groups whose limits bind a process: its own and those above. Not every folder exists. The top of a hierarchy is
 * among them, for in a container that is the container's own group, whatever the process's path says.
 */
export function groupFolders(pid: number, controller: 'cpu' | 'memory'): GroupFolder[] {
  return (readText(`/proc/${pid}/cgroup`) ?? '').split('\n').flatMap((line) => {
    const [, controllers = '', path = ''] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (path === '') return [];
    if (controllers === '') return below(2, ['/sys/fs/cgroup', '/sys/fs/cgroup/unified'], path);
    const isTheirs = controllers.split(',').includes(controller);
    return isTheirs ? below(1, [`/sys/fs/cgroup/${controller}`, `/sys/fs/cgroup/${controllers}`], path) : [];
  });
}

function below(version: 1 | 2, roots: readonly string[], path: string): GroupFolder[] {
  const parts = path.split('/').filter((part) => part !== '');
  const steps = ['', ...parts.map((_, index) => `/${parts.slice(0, index + 1).join('/')}`)];
  return [...new Set(roots)].flatMap((root) => steps.map((step) => ({ version, folder: root + step })));
}
