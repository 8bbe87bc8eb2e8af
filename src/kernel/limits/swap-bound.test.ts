import { describe, expect, it } from 'vitest';
import { FakeFiles, systemError } from './fake-files-fixture.ts';
import { fakeMemory, MIB } from './fake-memory-fixture.ts';
import { MemoryV1 } from './memory-v1.ts';
import { MemoryV2 } from './memory-v2.ts';
import { SwapRoom } from './swap-room.ts';

const TOGETHER = '/g/memory.memsw.limit_in_bytes';
const SWAPPINESS = '/g/memory.swappiness';
const PAGE_BYTES = 4096;

describe('how much may be on swap, in v1', () => {
  function open(): ReturnType<typeof fakeMemory> & { together(): number; again(): MemoryV1 } {
    const memory = fakeMemory({ version: 1 });
    return Object.assign(memory, {
      together: () => Number(memory.files.read(TOGETHER)),
      again: () => new MemoryV1(memory.files, '/g', PAGE_BYTES),
    });
  }

  it('is bound together with memory, and follows its limit up and down', async () => {
    const memory = Object.assign(open(), { shmemBytes: 500 * MIB, swapFreeBytes: 1_000 * MIB });
    await memory.control.setLimit(600 * MIB);
    memory.control.setSwap(700 * MIB);
    expect(memory.together()).toBe(1_300 * MIB);
    await memory.control.setLimit(800 * MIB);
    expect(memory.together()).toBe(1_500 * MIB);
    expect(await memory.control.stepDown(400 * MIB, 500 * MIB)).toBe(true);
    expect(memory.together()).toBe(1_100 * MIB);
    await memory.control.setLimit(null);
    expect(memory.together()).toBeGreaterThan(2 ** 62);
    expect(memory.control.swapBytes()).toBe(700 * MIB);
    await memory.control.setLimit(900 * MIB);
    expect(memory.together()).toBe(1_600 * MIB);
  });

  it('is read back by whoever opens the group again', async () => {
    const memory = open();
    expect(memory.again().swapBytes()).toBeNull();
    await memory.control.setLimit(600 * MIB);
    memory.control.setSwap(700 * MIB);
    expect(memory.again().swapBytes()).toBe(700 * MIB);
    const again = memory.again();
    await again.setLimit(900 * MIB);
    expect(memory.together()).toBe(1_600 * MIB);
    again.setSwap(0);
    expect(memory.again().swapBytes()).toBe(0);
    again.setSwap(null);
    expect(memory.again().swapBytes()).toBeNull();
  });

  it('is said by the swappiness, too', () => {
    const memory = open();
    memory.files.put('/memory.swappiness', '40\n');
    memory.control.setSwap(700 * MIB);
    expect(memory.files.read(SWAPPINESS)).toBe('100');
    memory.control.setSwap(0);
    expect(memory.files.read(SWAPPINESS)).toBe('0');
    expect(memory.together()).toBeGreaterThan(2 ** 62);
    memory.control.setSwap(null);
    expect(memory.files.read(SWAPPINESS)).toBe('40');
  });

  it('is left to a host that keeps everybody out', () => {
    const memory = open();
    memory.files.put('/memory.swappiness', '0\n');
    memory.control.setSwap(null);
    expect(memory.control.swapBytes()).toBeNull();
  });

  it('leaves what is there beyond it until it has come back, and takes that room away', async () => {
    const memory = Object.assign(open(), {
      shmemBytes: 500 * MIB,
      swapBytes: 400 * MIB,
      swapFreeBytes: 600 * MIB,
    });
    await memory.control.setLimit(500 * MIB);
    memory.control.setSwap(100 * MIB);
    expect(memory.together()).toBeGreaterThanOrEqual(900 * MIB);
    expect(memory.control.swapBytes()).toBe(100 * MIB);
    expect(memory.control.account()?.swapRoomBytes).toBe(0);
    Object.assign(memory, { shmemBytes: 450 * MIB, swapBytes: 80 * MIB, swapFreeBytes: 920 * MIB });
    memory.control.account();
    expect(memory.together()).toBe(600 * MIB);
  });

  it('can only be nothing where swap is not accounted', async () => {
    const { files } = fakeMemory({ version: 1 });
    const exists = files.exists.bind(files);
    files.exists = (path) => !path.includes('memsw') && exists(path);
    const control = new MemoryV1(files, '/g', PAGE_BYTES);
    await control.setLimit(300 * MIB);
    control.setSwap(0);
    expect(control.swapBytes()).toBe(0);
    expect(() => control.setSwap(MIB)).toThrow(expect.objectContaining({ code: 'LIMIT_REFUSED' }));
    control.setSwap(null);
    expect(control.swapBytes()).toBeNull();
  });

  it('says what the kernel refuses', () => {
    const memory = open();
    memory.files.onWrite(SWAPPINESS, (_, path) => {
      throw systemError('EACCES', path);
    });
    expect(() => memory.control.setSwap(MIB)).toThrow(expect.objectContaining({ code: 'LIMIT_REFUSED' }));
  });
});

describe('how much may be on swap, in v2', () => {
  it('is a limit of its own, read back by whoever opens the group again', () => {
    const { control, files } = fakeMemory({ version: 2 });
    const again = (): number | null => new MemoryV2(files, '/g', PAGE_BYTES).swapBytes();
    expect(again()).toBeNull();
    for (const bytes of [700 * MIB, 0, null]) {
      control.setSwap(bytes);
      expect(files.read('/g/memory.swap.max').trim()).toBe(String(bytes ?? 'max'));
      expect(again()).toBe(bytes);
    }
  });

  it('can only be nothing where swap is not accounted', () => {
    const { files } = fakeMemory({ version: 2 });
    const exists = files.exists.bind(files);
    files.exists = (path) => !path.includes('swap') && exists(path);
    const control = new MemoryV2(files, '/g', PAGE_BYTES);
    control.setSwap(0);
    control.setSwap(null);
    expect(() => control.setSwap(MIB)).toThrow(expect.objectContaining({ code: 'LIMIT_REFUSED' }));
  });
});

describe('the room on swap', () => {
  const meminfo = (freeKib: number): string => `SwapTotal:  1000 kB\nSwapFree:   ${freeKib} kB\n`;

  it('is what is left of the bound, and of the host', () => {
    const files = new FakeFiles().put('/proc/meminfo', meminfo(300));
    const room = new SwapRoom(files);
    expect(room.bytes(null, 0)).toBe(0);
    expect(room.bytes(0, 0)).toBe(0);
    expect(room.bytes(4096, 8192)).toBe(0);
    expect(room.bytes(100_000, 40_000)).toBe(60_000);
  });

  it('looks at the host once a second', () => {
    const files = new FakeFiles();
    let now = 0;
    const texts = [meminfo(100), meminfo(70)];
    let looks = 0;
    files.reader = () => ({ read: () => texts[looks++] ?? null, close: () => {} });
    const room = new SwapRoom(files, () => now);
    expect([0, 500, 999, 1_000, 2_000].map((at) => ((now = at), room.bytes(1e9, 0)) / 1024)).toEqual([
      100, 100, 100, 70, 0,
    ]);
  });
});
