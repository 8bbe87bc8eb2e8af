import { describeResourceGroup } from '../../src/kernel/limits/resource-group.conformance.ts';
import { openLimits } from '../../src/kernel/limits/open-limits.ts';

describeResourceGroup('cgroup v1', async () => {
  const host = await openLimits({ root: `airglow-test-v1-${process.pid}` });
  if (!('version' in host) || host.version === 1) return host;
  await host.removeRoot();
  return { reason: 'cgroup v2 has the controllers here', remedy: '' };
});
