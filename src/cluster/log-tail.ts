import { open, stat } from 'node:fs/promises';

/** The last lines of a log, none of those before `fromByte`; empty where it cannot be read. */
export async function lastLogLines(
  path: string,
  lines = 10,
  mostBytes = 8192,
  fromByte = 0,
): Promise<string> {
  try {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      const buffer = Buffer.alloc(Math.min(Math.max(0, size - fromByte), mostBytes));
      await file.read(buffer, 0, buffer.length, size - buffer.length);
      return buffer.toString('utf8').trimEnd().split('\n').slice(-lines).join('\n');
    } finally {
      await file.close();
    }
  } catch {
    return '';
  }
}

export async function logBytes(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}
