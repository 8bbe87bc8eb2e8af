import { accessSync, constants, existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { KERNEL_FILES } from '../../src/kernel/limits/control-files.ts';
import { openLimits } from '../../src/kernel/limits/open-limits.ts';
import { hostAt } from '../../src/kernel/limits/places-v2.ts';
import { describeResourceGroup } from '../../src/kernel/limits/resource-group.conformance.ts';

describeResourceGroup('cgroup v2', async () => {
  const host = await openLimits({ root: `airglow-test-v2-${process.pid}` });
  if (!('version' in host) || host.version === 2) return host;
  await host.removeRoot();
  return { reason: 'cgroup v1 has the controllers here', remedy: '' };
});

/** Where v1 has the controllers, v2 may be mounted beside it: processes and freezer are real there all the same. */
describeResourceGroup('cgroup v2 without controllers', async () => {
  const home = '/sys/fs/cgroup/unified';
  if (!existsSync(join(home, 'cgroup.procs'))) return { reason: 'no v2 beside v1 here', remedy: '' };
  try {
    accessSync(join(home, 'cgroup.procs'), constants.W_OK);
  } catch {
    return { reason: `${home} may not be written`, remedy: '' };
  }
  const root = join(home, `airglow-test-bare-${process.pid}`);
  await mkdir(root);
  return hostAt(KERNEL_FILES, { root, home, cpu: false, memory: false }, 4096);
});
