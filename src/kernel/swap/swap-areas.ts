import { readText } from '../process-reader.ts';
import { unescapePath } from './octal-escapes.ts';

/** A place that the kernel swaps to. */
export interface SwapArea {
  /** As it was turned on; ends with ` (deleted)` where the file is gone. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly usedBytes: number;
  /** The highest one is used first. */
  readonly priority: number;
}

const DELETED = ' (deleted)';

/** The areas that are on; null where the kernel has no swap at all. */
export function readSwapAreas(): SwapArea[] | null {
  const text = readText('/proc/swaps');
  return text === null ? null : parseSwaps(text);
}

/** From the text of /proc/swaps: KiB, blanks in a path as `\040`. */
export function parseSwaps(text: string): SwapArea[] {
  return text.split('\n').flatMap((line) => {
    // The path is padded, and so long a path may take the place of the blanks behind it but for one.
    const [, path, size, used, priority] = /^(\/.*?)\s+\w+\s+(\d+)\s+(\d+)\s+(-?\d+)\s*$/.exec(line) ?? [];
    if (path === undefined) return [];
    return [
      {
        path: unescapePath(path),
        sizeBytes: Number(size) * 1024,
        usedBytes: Number(used) * 1024,
        priority: Number(priority),
      },
    ];
  });
}

/** Whether it is the area of that file, which may have been removed meanwhile. */
export function isAreaOf({ path }: SwapArea, file: string): boolean {
  return path === file || path === file + DELETED;
}
