import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ProcessIoReader } from './process-io.ts';

const PAGE_BYTES = 4096;
const SWAP = 'Filename Type Size Used Priority\n/swap                file            1048576 0 5\n';

let proc = '';
let reader: ProcessIoReader;

beforeEach(() => {
  proc = mkdtempSync(join(tmpdir(), 'airglow-proc-'));
  mkdirSync(join(proc, 'sys/vm'), { recursive: true });
  setSwap(SWAP, 0);
  reader = new ProcessIoReader({ proc, pageBytes: PAGE_BYTES });
});
afterEach(() => {
  reader.close();
  rmSync(proc, { recursive: true });
});

function setSwap(swaps: string, pageCluster: number): void {
  writeFileSync(join(proc, 'swaps'), swaps);
  writeFileSync(join(proc, 'sys/vm/page-cluster'), `${pageCluster}\n`);
}

function setProcess(pid: number, readBytes: number, majorFaults: number): void {
  mkdirSync(join(proc, String(pid)), { recursive: true });
  const io = `rchar: 9\nwchar: 9\nsyscr: 9\nsyscw: 9\nread_bytes: ${readBytes}\nwrite_bytes: 9\ncancelled_write_bytes: 0\n`;
  writeFileSync(join(proc, `${pid}/io`), io);
  writeFileSync(
    join(proc, `${pid}/stat`),
    `${pid} (a) b (c)) S 1 2 3 0 -1 4194560 8 7 ${majorFaults} 6 5 4\n`,
  );
}

it('tells the growth of all since the look before, swap apart', () => {
  setProcess(10, 1_000_000, 50);
  setProcess(11, 0, 0);
  expect(reader.look([10, 11])).toEqual({ storageReadBytes: 0, swapInBytes: 0, majorFaults: 0 });
  setProcess(10, 1_000_000 + 100 * PAGE_BYTES, 53);
  setProcess(11, 4 * PAGE_BYTES, 4);
  expect(reader.look([10, 11])).toEqual({
    storageReadBytes: 97 * PAGE_BYTES,
    swapInBytes: 7 * PAGE_BYTES,
    majorFaults: 7,
  });
});

it('takes no more for swap than was read', () => {
  setProcess(10, 0, 0);
  reader.look([10]);
  setProcess(10, PAGE_BYTES, 3);
  expect(reader.look([10])).toMatchObject({ storageReadBytes: 0, swapInBytes: PAGE_BYTES });
});

it('counts a new process from its first look on, and misses one that ended', () => {
  setProcess(10, 5 * PAGE_BYTES, 0);
  reader.look([10]);
  setProcess(12, 500 * PAGE_BYTES, 0);
  expect(reader.look([12])).toMatchObject({ storageReadBytes: 0 });
  setProcess(12, 503 * PAGE_BYTES, 0);
  expect(reader.look([12, 99])).toMatchObject({ storageReadBytes: 3 * PAGE_BYTES });
  expect(reader.look([])).toEqual({ storageReadBytes: 0, swapInBytes: 0, majorFaults: 0 });
});

it('takes every read for one of storage where there is no swap', () => {
  setSwap('Filename Type Size Used Priority\n', 3);
  setProcess(10, 0, 0);
  reader.look([10]);
  setProcess(10, 8 * PAGE_BYTES, 2);
  expect(reader.look([10])).toEqual({ storageReadBytes: 8 * PAGE_BYTES, swapInBytes: 0, majorFaults: 2 });
});

it('does not know what came from swap where a fault may read ahead', () => {
  setSwap(SWAP, 3);
  setProcess(10, 0, 0);
  reader.look([10]);
  setProcess(10, 8 * PAGE_BYTES, 1);
  expect(reader.look([10])).toEqual({ storageReadBytes: 8 * PAGE_BYTES, swapInBytes: null, majorFaults: 1 });
});

it('reads processes of this host', () => {
  const real = new ProcessIoReader();
  expect(real.look([process.pid])).toMatchObject({ storageReadBytes: 0 });
  expect(real.look([process.pid])?.majorFaults).toBeGreaterThanOrEqual(0);
  real.close();
});
