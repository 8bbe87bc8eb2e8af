import { readdirSync, readlinkSync } from 'node:fs';
import { readText } from './process-reader.ts';

/** Effective user of a process; null where it is gone or there is no /proc. */
export function processUid(pid: number): number | null {
  const line = /^Uid:\s+\d+\s+(\d+)/m.exec(readText(`/proc/${pid}/status`) ?? '');
  return line === null ? null : Number(line[1]);
}

/** Processes of a user. Empty where there is no /proc. */
export function processesOf(uid: number): number[] {
  return listProcesses().filter((pid) => processUid(pid) === uid);
}

function listProcesses(): number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

/** The program that a process runs, by its path, also after an update has replaced the file. Null where nobody tells. */
export function processExecutable(pid: number): string | null {
  try {
    return readlinkSync(`/proc/${pid}/exe`).replace(/ \(deleted\)$/, '');
  } catch {
    return null;
  }
}
