import { readText } from '../process-reader.ts';

/** System calls that wait for events of an epoll set, named by their first argument. */
const EPOLL_WAITS: Readonly<Partial<Record<NodeJS.Architecture, readonly number[]>>> = {
  x64: [232, 281, 441],
  arm64: [22, 441],
};
const READABLE = 0x1;

/**
 * Descriptors that a sleeping process waits to be readable, by epoll; null where it does something else, or nobody may
 * tell. A process that is frozen in that wait counts.
 */
export function waitsToRead(pid: number): readonly number[] | null {
  const set = epollWaitOf(readText(`/proc/${pid}/syscall`) ?? '');
  if (set === null) return null;
  const members = readText(`/proc/${pid}/fdinfo/${set}`);
  return members === null ? null : membersToRead(members);
}

/** The kernel refuses to tell what a process of that user waits for. */
export function isWaitHidden(pid: number): boolean {
  return readText(`/proc/${pid}/stat`) !== null && readText(`/proc/${pid}/syscall`) === null;
}

/** `232 0x4 ...` -> 4 */
export function epollWaitOf(line: string, arch: NodeJS.Architecture = process.arch): number | null {
  const [, call, set] = /^(\d+) 0x([0-9a-f]+) /.exec(line) ?? [];
  if (call === undefined || set === undefined) return null;
  return EPOLL_WAITS[arch]?.includes(Number(call)) === true ? parseInt(set, 16) : null;
}

/** `tfd:        7 events:       19 data: ...` -> 7 */
export function membersToRead(text: string): number[] {
  return [...text.matchAll(/^tfd:\s*(\d+) events:\s*([0-9a-f]+)/gm)]
    .filter(([, , events]) => (parseInt(events ?? '0', 16) & READABLE) !== 0)
    .map(([, descriptor]) => Number(descriptor));
}
