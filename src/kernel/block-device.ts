import { realpathSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { KERNEL_FILES } from './limits/control-files.ts';
import type { ControlReader } from './limits/control-files.ts';
import { readText } from './process-reader.ts';

/** A block device or a partition of one. */
export interface BlockDevice {
  /** As in `nvme0n1p1`. */
  readonly name: string;
  readonly major: number;
  readonly minor: number;
  /** It has to move a head; null where nobody tells. Virtual disks often say so without having one. */
  readonly isRotational: boolean | null;
}

/** What a device did since the look before. */
export interface DeviceGrowth {
  readonly reads: number;
  readonly readBytes: number;
  /** Summed over the reads that ended: from when each was handed to the device. */
  readonly readMs: number;
  readonly writes: number;
  readonly writeBytes: number;
  readonly writeMs: number;
}

const DEVICES = '/sys/dev/block';
/** Of /sys/.../stat, whatever the device has. */
const SECTOR_BYTES = 512;

/**
 * The device that a path is stored on; null where there is not one that can be named: tmpfs, overlay, network and btrfs
 * file systems, or a path that is not there.
 */
export function deviceOf(path: string): BlockDevice | null {
  try {
    const { major, minor } = splitDevice(statSync(path, { bigint: true }).dev);
    const folder = realpathSync(join(DEVICES, `${major}:${minor}`));
    return { name: basename(folder), major, minor, isRotational: readRotational(folder) };
  } catch {
    return null;
  }
}

/** A device number as stat(2) gives it. */
export function splitDevice(dev: bigint): { major: number; minor: number } {
  const major = ((dev >> 8n) & 0xfffn) | ((dev >> 32n) & 0xfffff000n);
  const minor = (dev & 0xffn) | ((dev >> 12n) & 0xffffff00n);
  return { major: Number(major), minor: Number(minor) };
}

/** Reads what a device does, look after look, from when this is made. */
export class DeviceReader {
  readonly #stat: ControlReader;
  #last: DeviceGrowth | null;

  /** `devices` holds a folder for each device; for tests. */
  constructor({ major, minor }: Pick<BlockDevice, 'major' | 'minor'>, devices: string = DEVICES) {
    this.#stat = KERNEL_FILES.reader(join(devices, `${major}:${minor}`, 'stat'));
    this.#last = this.#read();
  }

  /** Null where the device is gone, or was at the look before. */
  look(): DeviceGrowth | null {
    const before = this.#last;
    const now = this.#read();
    this.#last = now;
    if (before === null || now === null || now.reads < before.reads || now.writes < before.writes)
      return null;
    return {
      reads: now.reads - before.reads,
      readBytes: now.readBytes - before.readBytes,
      readMs: now.readMs - before.readMs,
      writes: now.writes - before.writes,
      writeBytes: now.writeBytes - before.writeBytes,
      writeMs: now.writeMs - before.writeMs,
    };
  }

  close(): void {
    this.#stat.close();
  }

  #read(): DeviceGrowth | null {
    const text = this.#stat.read();
    return text === null ? null : parseDeviceStat(text);
  }
}

/** Totals since the device was there; null where the text is not whole. */
export function parseDeviceStat(text: string): DeviceGrowth | null {
  const fields = text.trim().split(/\s+/).map(Number);
  const [reads, , readSectors, readMs, writes, , writeSectors, writeMs] = fields;
  if (readSectors === undefined || writeSectors === undefined || writeMs === undefined) return null;
  return {
    reads: reads ?? 0,
    readBytes: readSectors * SECTOR_BYTES,
    readMs: readMs ?? 0,
    writes: writes ?? 0,
    writeBytes: writeSectors * SECTOR_BYTES,
    writeMs,
  };
}

/** A partition has no queue: its device has. */
function readRotational(folder: string): boolean | null {
  const text =
    readText(join(folder, 'queue/rotational')) ?? readText(join(dirname(folder), 'queue/rotational'));
  return text === null ? null : text.trim() === '1';
}
