/**
 * What an ordinary user can limit in a scope that was delegated to him. Argument: the scope's folder, which belongs to
 * `nobody`. Prints one line of JSON.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasLimits, openLimits } from '../../src/kernel/limits/open-limits.ts';

const NOBODY = 65_534;
const MIB = 1024 ** 2;
const scope = process.argv[2] ?? '';

writeFileSync(join(scope, 'cgroup.procs'), String(process.pid));
process.setgroups?.([]);
process.setgid?.(NOBODY);
process.setuid?.(NOBODY);

const host = await openLimits({ root: 'airglow-test-scope' });
if (!hasLimits(host)) {
  process.stdout.write(`${JSON.stringify(host)}\n`);
} else {
  const group = await host.open('shop');
  const child = spawn('sleep', ['600'], { stdio: 'ignore' });
  const exited = once(child, 'exit');
  try {
    await group.enter(child.pid ?? 0);
    await group.setCpus(0.5);
    await group.setMemoryBytes(64 * MIB);
    const answer = {
      capabilities: host.capabilities,
      folders: group.folders,
      isInside: group.pids().includes(child.pid ?? 0),
      limits: group.limits(),
      own: readFileSync('/proc/self/cgroup', 'utf8').trim(),
      // As the sentinel beside the daemon does.
      again: await openLimits({ root: 'airglow-test-scope' }),
    };
    await group.remove();
    const after = readFileSync(`/proc/${child.pid}/cgroup`, 'utf8').trim();
    process.stdout.write(`${JSON.stringify({ ...answer, after })}\n`);
  } finally {
    child.kill('SIGKILL');
    await exited;
    await group.remove();
    await host.removeRoot();
  }
}
