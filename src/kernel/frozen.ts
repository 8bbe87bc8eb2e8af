import { readText } from './process-reader.ts';

/** Whether a cgroup freezer (v1 or v2) holds this process. A frozen server is paused: it must not be asked anything. */
export function isFrozen(pid: number): boolean {
  for (const line of (readText(`/proc/${pid}/cgroup`) ?? '').split('\n')) {
    const [, controllers = '', path = ''] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (controllers.split(',').includes('freezer')) {
      const state = readText(`/sys/fs/cgroup/freezer${path}/freezer.state`);
      if (state !== null && state.trim() !== 'THAWED') return true;
    } else if (controllers === '' && path !== '') {
      for (const root of ['/sys/fs/cgroup', '/sys/fs/cgroup/unified']) {
        if (/^frozen 1$/m.test(readText(`${root}${path}/cgroup.events`) ?? '')) return true;
        if (readText(`${root}${path}/cgroup.freeze`)?.trim() === '1') return true;
      }
    }
  }
  return false;
}
