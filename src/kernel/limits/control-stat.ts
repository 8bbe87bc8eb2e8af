import type { ControlFiles } from './control-files.ts';

/** Value of a key in a flat keyed file (`key value` lines); null where the key is missing. Searches, does not split. */
export function statNumber(text: string, key: string): number | null {
  const wanted = `${key} `;
  const at = text.startsWith(wanted) ? 0 : text.indexOf(`\n${wanted}`) + 1;
  if (at === 0 && !text.startsWith(wanted)) return null;
  const value = Number.parseInt(text.slice(at + wanted.length, at + wanted.length + 24), 10);
  return Number.isNaN(value) ? null : value;
}

/** Microseconds in which some process stood still, from a pressure file; null where the kernel does not tell. */
export function stalledUs(text: string | null): number | null {
  const total = /^some .*total=(\d+)/m.exec(text ?? '')?.[1];
  return total === undefined ? null : Number(total);
}

/** Numbers of a list of processes. */
export function parsePids(text: string): number[] {
  return text.split('\n').filter(Boolean).map(Number);
}

/** A file can be there and say nothing, where the kernel was told not to keep account. */
export function isReadable(files: ControlFiles, path: string): boolean {
  try {
    files.read(path);
    return true;
  } catch {
    return false;
  }
}
