import { PAGE_BYTES } from '../../../capacity/optimized-reads/devices.ts';
import type { MemoryAccount } from '../../../kernel/limits/resource-group.ts';
import type { CounterPoint } from '../../../history/history.ts';
import type { LoadTick } from '../../../load/model.ts';
import type { LocalStorageActivity, TierActivity } from '../../fleet.ts';
import { deviceRates } from './device-rates.ts';
import type { DeviceWork } from './device-rates.ts';
import { readRates, readWaits } from './read-rates.ts';
import type { PageReads } from './read-rates.ts';

const WINDOW_MS = 60_000;
const POINT_EVERY_MS = 10_000;

/** Bytes that change slowly; null for what is not known. */
export interface PlacesSeen {
  readonly freeBytes: number | null;
  readonly tempLocalBytes: number | null;
  readonly tempDataBytes: number | null;
}

/** Where the figures come from. Every member is synchronous and cheap. */
export interface ReadSources {
  memory(): Pick<MemoryAccount, 'swapBytes' | 'swappedInBytes'> | null;
  /** Bytes read from storage since the last call, without what came back from swap; null where not known. */
  storageReadBytes(): number | null;
  /** Size of the tier that is in force; 0 where there is none. */
  tierBytes(): number;
  /** Of the local storage since the last call; null where there is none, and the first time. */
  device(): Omit<DeviceWork, 'durationMs'> | null;
  /** Of the device below the tier since the last call; null where it is not known, and the first time. */
  tierDevice(): PageReads['tierDevice'];
  /** As they were found last; null where no part of Optimized Reads is on. */
  places(): PlacesSeen | null;
  close(): void;
}

interface Look {
  readonly atMs: number;
  readonly pages: PageReads;
  readonly device: DeviceWork | null;
}

/** Watches where the pages of a running database come from, with every tick of its observer. */
export class OptimizedReadsWatch {
  readonly #sources: ReadSources;
  #looks: Look[] = [];
  #last: { readonly nowMs: number; readonly swappedInBytes: number | null } | null = null;
  #pointAtMs: number | null = null;

  constructor(sources: ReadSources) {
    this.#sources = sources;
  }

  /** `nowMs` is monotonic, `atMs` of the wall clock. The points that are due; mostly none. */
  look(tick: LoadTick, nowMs: number, atMs: number): readonly CounterPoint[] {
    const memory = this.#sources.memory();
    const storageBytes = this.#sources.storageReadBytes();
    const work = this.#sources.device();
    const tierDevice = this.#sources.tierDevice();
    const last = this.#last;
    this.#last = { nowMs, swappedInBytes: memory?.swappedInBytes ?? null };
    // What has grown before the first look, or while it was paused, is of no time that is known.
    if (last === null || nowMs <= last.nowMs) return [];
    const durationMs = nowMs - last.nowMs;
    const pages: PageReads = {
      durationMs,
      tierPages: pagesOf(growth(memory?.swappedInBytes ?? null, last.swappedInBytes)),
      storagePages: pagesOf(storageBytes),
      ...readWaits(tick),
      tierDevice,
    };
    // A clock that was set back must not keep what is old.
    this.#looks = this.#looks.filter((look) => look.atMs > atMs - WINDOW_MS && look.atMs <= atMs);
    this.#looks.push({ atMs, pages, device: work === null ? null : { ...work, durationMs } });
    return this.#points(memory?.swapBytes ?? null, atMs);
  }

  /** It was paused, and goes on: the time between is not looked at. */
  forget(): void {
    this.#last = null;
    this.#looks = [];
    this.#pointAtMs = null;
  }

  close(): void {
    this.#sources.close();
  }

  /** Of the last minute; null while nothing was observed. */
  activity(atMs: number): TierActivity | null {
    const { hitsPerSecond, storageReadsPerSecond, ...rest } = readRates(
      this.#since(atMs - WINDOW_MS).map(({ pages }) => pages),
    );
    if (hitsPerSecond === null || storageReadsPerSecond === null) return null;
    return { hitsPerSecond, storageReadsPerSecond, ...rest };
  }

  /** Null where no part of it is on, and while nothing was observed. */
  localStorage(atMs: number): LocalStorageActivity | null {
    const places = this.#sources.places();
    if (places === null) return null;
    const { freeBytes, tempDataBytes } = places;
    return { freeBytes, tempDataBytes, device: deviceRates(workOf(this.#since(atMs - WINDOW_MS))) };
  }

  #since(fromMs: number): readonly Look[] {
    return this.#looks.filter(({ atMs }) => atMs > fromMs);
  }

  #points(tierUsedBytes: number | null, atMs: number): readonly CounterPoint[] {
    const lastMs = this.#pointAtMs;
    if (lastMs === null || atMs < lastMs) this.#pointAtMs = atMs;
    if (lastMs === null || atMs - lastMs < POINT_EVERY_MS) return [];
    this.#pointAtMs = atMs;
    const looks = this.#since(lastMs);
    return [
      ...this.#pageGauges(looks, tierUsedBytes),
      ...localGauges(deviceRates(workOf(looks)), this.#sources.places()),
    ].flatMap(([metric, value]) => (value === null ? [] : [{ atMs, durationMs: 0, metric, key: '', value }]));
  }

  #pageGauges(looks: readonly Look[], tierUsedBytes: number | null): readonly Gauge[] {
    const rates = readRates(looks.map(({ pages }) => pages));
    // Of every database: what a tier would spare it can be estimated from them.
    const storage: readonly Gauge[] = [
      ['tier.storage_reads_per_second', rates.storageReadsPerSecond],
      ['storage.read_ms', rates.storageReadMs],
    ];
    const tierBytes = this.#sources.tierBytes();
    if (tierBytes === 0) return storage;
    return [
      ...storage,
      ['tier.size_bytes', tierBytes],
      ['tier.used_bytes', tierUsedBytes],
      ['tier.hits_per_second', rates.hitsPerSecond],
      ['tier.hit_ratio', rates.hitRatio],
      ['tier.read_ms', rates.tierReadMs],
    ];
  }
}

type Gauge = readonly [metric: string, value: number | null];

function localGauges(device: ReturnType<typeof deviceRates>, places: PlacesSeen | null): readonly Gauge[] {
  if (places === null) return [];
  return [
    ['local.free_bytes', places.freeBytes],
    ['temp.local_bytes', places.tempLocalBytes],
    ['temp.data_bytes', places.tempDataBytes],
    ['local.read_iops', device?.readIops ?? null],
    ['local.write_iops', device?.writeIops ?? null],
    ['local.read_bytes_per_second', device?.readBytesPerSecond ?? null],
    ['local.write_bytes_per_second', device?.writeBytesPerSecond ?? null],
    ['local.read_ms', device?.readMs ?? null],
    ['local.write_ms', device?.writeMs ?? null],
  ];
}

function workOf(looks: readonly Look[]): readonly DeviceWork[] {
  return looks.flatMap(({ device }) => device ?? []);
}

function growth(now: number | null, before: number | null): number | null {
  return now === null || before === null ? null : Math.max(0, now - before);
}

/** The tier gives back pages of the kernel; reads from storage are counted in the same unit. */
function pagesOf(bytes: number | null): number | null {
  return bytes === null ? null : bytes / PAGE_BYTES;
}
