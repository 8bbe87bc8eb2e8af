import { readText } from '../process-reader.ts';
import { foreignDescriptors } from './foreign-descriptors.ts';

const CAP_SYS_PTRACE = 19n;

/** Whether this process may duplicate sockets of a database's processes; if not, why, and the way out, one line. */
export function whySocketsAreForbidden(): string | null {
  if (foreignDescriptors() === null)
    return 'The foreign-function library (koffi) does not run on this platform.';
  if (readText('/proc/self/syscall') === null)
    return 'This kernel does not tell what a process waits for (/proc/PID/syscall), so a query could be lost in a pause.';
  const scope = Number(readText('/proc/sys/kernel/yama/ptrace_scope') ?? 0);
  const status = readText('/proc/self/status') ?? '';
  return forbiddenBy({ scope, status, isRoot: process.geteuid?.() === 0 });
}

interface Rights {
  /** Of Yama: 0 is without it. */
  readonly scope: number;
  /** Text of `/proc/self/status`. */
  readonly status: string;
  readonly isRoot: boolean;
}

/** Root runs databases as other users, and an ordinary user as itself. */
export function forbiddenBy({ scope, status, isRoot }: Rights): string | null {
  const what = 'The kernel does not let Airglow watch the sockets of a sleeping database (pidfd_getfd)';
  if (scope >= 3) return `${what}: set kernel.yama.ptrace_scope below 3, which takes a reboot.`;
  const capabilities = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)/m.exec(status)?.[1] ?? '0'}`);
  if ((capabilities & (1n << CAP_SYS_PTRACE)) !== 0n) return null;
  if (isRoot) return `${what}: give it CAP_SYS_PTRACE (docker run --cap-add SYS_PTRACE).`;
  return scope === 0 ? null : `${what}: set kernel.yama.ptrace_scope to 0, or run Airglow as root.`;
}
