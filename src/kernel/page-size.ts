import { readFileSync } from 'node:fs';

const AT_PAGESZ = 6n;
const ENTRY_BYTES = 16;
const USUAL_BYTES = 4096;

/** Bytes of a page of memory, as the kernel tells every process that it starts; on arm64 it may be 16 or 64 KiB. */
export function readPageBytes(): number {
  const auxiliary = readAuxiliaryVector();
  for (let at = 0; at + ENTRY_BYTES <= auxiliary.length; at += ENTRY_BYTES) {
    if (auxiliary.readBigUInt64LE(at) === AT_PAGESZ) return Number(auxiliary.readBigUInt64LE(at + 8));
  }
  return USUAL_BYTES;
}

function readAuxiliaryVector(): Buffer {
  try {
    return readFileSync('/proc/self/auxv');
  } catch {
    return Buffer.alloc(0);
  }
}
