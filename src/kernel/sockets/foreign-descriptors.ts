import { loadLibC } from '../libc.ts';

/** Why a descriptor of another process could not be duplicated. */
export type NotDuplicated = 'gone' | 'forbidden';

/** Duplicates descriptors of other processes into this one, by pidfd_open(2) and pidfd_getfd(2) (Linux 5.6). */
export interface ForeignDescriptors {
  /** The one of this process, to be closed by the caller; or why there is none. */
  duplicate(pid: number, descriptor: number): number | NotDuplicated;
  /** A descriptor that becomes readable when the process ends, to be closed by the caller; null where it is gone. */
  openProcess(pid: number): number | null;
  close(descriptor: number): void;
}

/** The same on every architecture. */
const CALL = { pidfdOpen: 434, pidfdGetfd: 438 } as const;
const EPERM = 1;
const ENOSYS = 38;

let shared: ForeignDescriptors | null | undefined;

/** Null where the foreign-function library does not run. */
export function foreignDescriptors(): ForeignDescriptors | null {
  shared ??= bind();
  return shared;
}

function bind(): ForeignDescriptors | null {
  const foreign = process.platform === 'linux' ? loadLibC() : null;
  if (foreign === null) return null;
  const { koffi, libc } = foreign;
  const call = libc.func('long syscall(long, long, long, long)') as (...args: number[]) => number;
  const close = libc.func('int close(int)') as (descriptor: number) => number;
  const openProcess = (pid: number): number => call(CALL.pidfdOpen, pid, 0, 0);
  const reason = (): NotDuplicated => ([EPERM, ENOSYS].includes(koffi.errno()) ? 'forbidden' : 'gone');
  return {
    duplicate(pid, descriptor) {
      const processDescriptor = openProcess(pid);
      if (processDescriptor < 0) return reason();
      const copy = call(CALL.pidfdGetfd, processDescriptor, descriptor, 0);
      const outcome = copy < 0 ? reason() : copy;
      close(processDescriptor);
      return outcome;
    },
    openProcess(pid) {
      const descriptor = openProcess(pid);
      return descriptor < 0 ? null : descriptor;
    },
    close: (descriptor) => void close(descriptor),
  };
}
