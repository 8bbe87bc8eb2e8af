import { lstat, rm } from 'node:fs/promises';
import { freemem } from 'node:os';
import { readBootId } from '../host-facts.ts';
import { KERNEL_FILES } from '../limits/control-files.ts';
import { readPageBytes } from '../page-size.ts';
import { readText } from '../process-reader.ts';
import { countsSwap, findMemoryPlace } from './memory-place.ts';
import type { MemoryPlace } from './memory-place.ts';
import { readSwapAreas } from './swap-areas.ts';
import type { SwapArea } from './swap-areas.ts';
import { fencesOf, VM_SETTINGS } from './swap-fences.ts';
import type { Fence } from './swap-fences.ts';
import {
  fillSwapFile,
  formatSwapFile,
  makeSwapFile,
  turnOffSwapFile,
  turnOnSwapFile,
  whyNotOurFile,
} from './swap-file.ts';
import type { Progress } from './swap-file.ts';
import { findProgram } from './swap-programs.ts';

/** What swap of this host can be asked for and told. Unit tests have one of their own. */
export interface SwapSystem {
  readonly bootId: string;
  readonly pageBytes: number;
  /** Null where the memory of groups is not limited. */
  readonly place: MemoryPlace | null;
  /** Why swap cannot be turned on and accounted here, and the way out, one line; null where it can. */
  whyNot(): Promise<string | null>;
  /** The areas that are on. */
  areas(): readonly SwapArea[];
  /** Memory that can be had without hurting anybody, bytes. */
  availableBytes(): number;

  /** See `swap-file.ts`. */
  make(path: string, bytes: number, onProgress: Progress): Promise<void>;
  fill(path: string, bytes: number, onProgress: Progress): Promise<void>;
  format(path: string): Promise<void>;
  turnOn(path: string): Promise<void>;
  turnOff(path: string): Promise<void>;
  whyNotOurs(path: string, bytes: number | null): Promise<string | null>;
  /** Whether there is something of that name. */
  hasFile(path: string): Promise<boolean>;
  removeFile(path: string): Promise<void>;

  /** Outermost first. */
  fences(): readonly Fence[];
  /** The `vm.swappiness` of the host; null where nobody tells. */
  swappiness(): number | null;
  /** A control file without the end of its line; null where it is not there. */
  readValue(file: string): string | null;
  /** Raises the system's error. */
  writeValue(file: string, value: string): void;
}

export interface SwapSystemOptions {
  /** Where the memory of groups is; looked for unless told otherwise. For tests. */
  readonly place?: MemoryPlace;
  /** Folder of the settings swappiness and page-cluster; for tests. */
  readonly settings?: string;
}

/** Of this host. */
export function openSwapSystem({ place, settings = VM_SETTINGS }: SwapSystemOptions = {}): SwapSystem {
  const files = KERNEL_FILES;
  const found = place ?? findMemoryPlace(files);
  return {
    bootId: readBootId(),
    pageBytes: readPageBytes(),
    place: found,
    whyNot: () => whyNoSwap(found),
    areas: () => readSwapAreas() ?? [],
    availableBytes: readAvailableBytes,
    make: makeSwapFile,
    fill: fillSwapFile,
    format: formatSwapFile,
    turnOn: turnOnSwapFile,
    turnOff: turnOffSwapFile,
    whyNotOurs: whyNotOurFile,
    hasFile: (path) => lstat(path).then(isThere, isNotGone),
    removeFile: (path) => rm(path, { force: true }),
    fences: () => (found === null ? [] : fencesOf(files, found, settings)),
    swappiness: () => toNumber(readText(`${settings}/swappiness`)),
    readValue: (file) => readText(file)?.trim() ?? null,
    writeValue: (file, value) => files.writeNow(file, value),
  };
}

async function whyNoSwap(place: MemoryPlace | null): Promise<string | null> {
  if (process.platform !== 'linux')
    return `The tier is swap of Linux, and this is ${process.platform}. Run Airglow on Linux.`;
  if (readSwapAreas() === null)
    return 'The kernel has no swap (no /proc/swaps). Use one that was built with CONFIG_SWAP.';
  if (!mayTurnOn())
    return 'Only root may turn swap on, with the capability CAP_SYS_ADMIN. Run airglow up as root on the host itself; a container needs --privileged.';
  if (place === null)
    return 'No control groups with the memory controller are mounted, so nobody could be kept out of swap. Mount them, or run Airglow on the host itself.';
  if (!countsSwap(KERNEL_FILES, place))
    return 'The kernel does not account swap by control group. Start it with swapaccount=1, or a newer one.';
  for (const program of ['mkswap', 'swapon', 'swapoff'] as const) {
    if ((await findProgram(program)) === null) return `${program} is not installed. Install util-linux.`;
  }
  return null;
}

const isThere = (): boolean => true;
const isNotGone = (error: NodeJS.ErrnoException): boolean => error.code !== 'ENOENT';

const CAP_SYS_ADMIN = 21n;

function mayTurnOn(): boolean {
  const mask = /^CapEff:\s*([0-9a-f]+)/m.exec(readText('/proc/self/status') ?? '')?.[1];
  return mask !== undefined && ((BigInt(`0x${mask}`) >> CAP_SYS_ADMIN) & 1n) === 1n;
}

function readAvailableBytes(): number {
  const kib = /^MemAvailable:\s+(\d+) kB$/m.exec(readText('/proc/meminfo') ?? '')?.[1];
  return kib === undefined ? freemem() : Number(kib) * 1024;
}

function toNumber(text: string | null): number | null {
  const value = Number.parseInt(text ?? '', 10);
  return Number.isNaN(value) ? null : value;
}
