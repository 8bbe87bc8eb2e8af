import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deviceOf, DeviceReader, parseDeviceStat, splitDevice } from './block-device.ts';

const DEVICE = { major: 259, minor: 1 };

let devices = '';
beforeEach(() => {
  devices = mkdtempSync(join(tmpdir(), 'airglow-devices-'));
  mkdirSync(join(devices, '259:1'));
});
afterEach(() => rmSync(devices, { recursive: true }));

function setStat(...fields: number[]): void {
  writeFileSync(join(devices, '259:1/stat'), `${fields.map((one) => String(one).padStart(8)).join(' ')}\n`);
}

it('takes a device number apart', () => {
  expect(splitDevice(65_024n)).toEqual({ major: 254, minor: 0 });
  expect(splitDevice(0x10_3001n)).toEqual({ major: 48, minor: 257 });
  expect(splitDevice((1n << 44n) | 0x801n)).toEqual({ major: 4_104, minor: 1 });
});

it('reads the fields of reads and writes, of sectors of 512 bytes', () => {
  const text = ' 1 2 30 4 5 6 70 8 0 10 11 12 13 14 15 16 17\n';
  expect(parseDeviceStat(text)).toEqual({
    reads: 1,
    readBytes: 15_360,
    readMs: 4,
    writes: 5,
    writeBytes: 35_840,
    writeMs: 8,
  });
  expect(parseDeviceStat('')).toBeNull();
});

describe('a reader of a device', () => {
  it('tells the growth since it was made and since each look', () => {
    setStat(100, 0, 1_000, 50, 10, 0, 80, 5, 0, 0, 0);
    const reader = new DeviceReader(DEVICE, devices);
    setStat(110, 0, 1_080, 60, 12, 0, 96, 9, 0, 0, 0);
    expect(reader.look()).toEqual({
      reads: 10,
      readBytes: 40_960,
      readMs: 10,
      writes: 2,
      writeBytes: 8_192,
      writeMs: 4,
    });
    expect(reader.look()).toMatchObject({ reads: 0, writeBytes: 0 });
    reader.close();
  });

  it('knows nothing of a device that is not there, and begins anew when it is', () => {
    const reader = new DeviceReader(DEVICE, devices);
    expect(reader.look()).toBeNull();
    setStat(100, 0, 1_000, 50, 10, 0, 80, 5);
    expect(reader.look()).toBeNull();
    setStat(101, 0, 1_008, 51, 10, 0, 80, 5);
    expect(reader.look()).toMatchObject({ reads: 1 });
    setStat(1, 0, 8, 1, 0, 0, 0, 0);
    expect(reader.look()).toBeNull();
    reader.close();
  });
});

describe('the device of a path', () => {
  it('is none in memory, and for a path that is not there', () => {
    expect(deviceOf('/proc')).toBeNull();
    expect(deviceOf(join(devices, 'none'))).toBeNull();
  });

  it('can be read where there is one', (ctx) => {
    const device = deviceOf(process.cwd());
    if (device === null) return ctx.skip('this folder is on no block device');
    expect(device.name).toMatch(/^\S+$/);
    const reader = new DeviceReader(device);
    expect(reader.look()?.reads).toBeGreaterThanOrEqual(0);
    reader.close();
  });
});
