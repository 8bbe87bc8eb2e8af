import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** The process that listens on a Unix socket; null where nobody does. */
export function listenerOf(socketPath: string): number | null {
  const inode = inodeOf(readFileSync('/proc/net/unix', 'utf8'), socketPath);
  if (inode === null) return null;
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const pid = pids.find((one) => linksOf(one).includes(`socket:[${inode}]`));
  return pid === undefined ? null : Number(pid);
}

/** Of the socket that listens there, in the text of /proc/net/unix: those of its connections have the same path. */
export function inodeOf(text: string, socketPath: string): string | null {
  const LISTENS = '00010000';
  for (const line of text.split('\n')) {
    const [, , , flags, , , inode, path] = line.split(/\s+/);
    if (path === socketPath && flags === LISTENS) return inode ?? null;
  }
  return null;
}

/** What the descriptors of a process are; empty where it is gone. */
export function linksOf(pid: number | string): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((name) => {
      try {
        return [readlinkSync(`/proc/${pid}/fd/${name}`)];
      } catch {
        return [];
      }
    });
  } catch {
    return [];
  }
}
