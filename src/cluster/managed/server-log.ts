import { open } from 'node:fs/promises';
import { lastLogLines, logBytes } from '../log-tail.ts';

const MIB = 1024 ** 2;
const MOST_BYTES = 64 * MIB;
const KEPT_BYTES = 16 * MIB;
const LINE_BYTES = 512;

/** The last lines of a log of any length. */
export async function logLines(path: string, count: number): Promise<readonly string[]> {
  const text = await lastLogLines(path, count, Math.min(Math.max(count * LINE_BYTES, 8192), KEPT_BYTES));
  return text === '' || count <= 0 ? [] : text.split('\n');
}

/**
 * Keeps a log below its bound. The server goes on appending to the same file meanwhile, so a line may be lost, or come
 * before older ones.
 */
export async function boundLog(path: string, mostBytes = MOST_BYTES, keptBytes = KEPT_BYTES): Promise<void> {
  const size = await logBytes(path);
  if (size <= mostBytes) return;
  const file = await open(path, 'r+');
  try {
    const kept = Buffer.alloc(Math.min(keptBytes, size));
    await file.read(kept, 0, kept.length, size - kept.length);
    const whole = kept.subarray(kept.indexOf('\n') + 1);
    await file.truncate(0);
    const end = await open(path, 'a');
    try {
      await end.writeFile(whole);
    } finally {
      await end.close();
    }
  } finally {
    await file.close();
  }
}
