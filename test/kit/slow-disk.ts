import { accessSync, constants, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { enclose } from './process-group.ts';

const ROOT = '/sys/fs/cgroup/blkio';

/** Limits what a server reads from the device under `folder`; the reason, where that is not possible. */
export async function slowDown(
  name: string,
  postmasterPid: number,
  folder: string,
  bytesPerSecond: number,
): Promise<{ remove(): Promise<void> } | string> {
  try {
    accessSync(join(ROOT, 'cgroup.procs'), constants.W_OK);
  } catch {
    return 'the blkio controller (cgroup v1) cannot be written';
  }
  const { dev } = statSync(folder);
  const device = `${(dev >> 8) & 0xfff}:${(dev & 0xff) | ((dev >> 12) & 0xfff00)}`;
  const group = await enclose(ROOT, name, postmasterPid);
  const control = join(group.path, 'blkio.throttle.read_bps_device');
  try {
    await writeFile(control, `${device} ${bytesPerSecond}`);
  } catch {
    await group.remove();
    return `${folder} is on no device that can be slowed down`;
  }
  return {
    async remove() {
      await writeFile(control, `${device} 0`);
      await group.remove();
    },
  };
}
