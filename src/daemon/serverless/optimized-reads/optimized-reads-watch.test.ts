import { describe, expect, it } from 'vitest';
import { scriptedSample, scriptedTick } from '../../../../test/kit/scripted-observer.ts';
import { OptimizedReadsWatch } from './optimized-reads-watch.ts';
import type { PlacesSeen, ReadSources } from './optimized-reads-watch.ts';

const PAGE = 4096;
const START_MS = Date.UTC(2026, 10, 22, 12);
const IDLE = { reads: 0, writes: 0, readBytes: 0, writeBytes: 0, readMs: 0, writeMs: 0 };
const PLACES: PlacesSeen = { freeBytes: 5e9, tempLocalBytes: 1e6, tempDataBytes: 0 };

/** A database whose every second is as told: pages from the tier and from storage, sessions that wait for them. */
class Scripted implements ReadSources {
  hits = 300;
  storagePages: number | null = 100;
  tierSize = 2e9;
  found: PlacesSeen | null = PLACES;
  hasDevice = true;
  below: { readonly reads: number; readonly readMs: number } | null = null;
  #swappedInBytes = 0;
  readonly watch = new OptimizedReadsWatch(this);
  #second = 0;

  memory() {
    this.#swappedInBytes += this.hits * PAGE;
    return { swapBytes: 1e9, swappedInBytes: this.#swappedInBytes };
  }
  storageReadBytes() {
    return this.storagePages === null ? null : this.storagePages * PAGE;
  }
  tierBytes() {
    return this.tierSize;
  }
  device() {
    return this.hasDevice ? { ...IDLE, reads: 300, readBytes: 300 * PAGE, readMs: 30 } : null;
  }
  tierDevice() {
    return this.below;
  }
  places() {
    return this.found;
  }

  close() {}

  get nowMs() {
    return START_MS + this.#second * 1000;
  }

  run(seconds: number) {
    return Array.from({ length: seconds }, () => {
      this.#second += 1;
      const tick = scriptedTick(this.nowMs, [
        scriptedSample(30, { 'db.wait_event': 'IO:TieredCacheRead' }),
        scriptedSample(200, { 'db.wait_event': 'IO:DataFileRead' }),
      ]);
      return this.watch.look(tick, this.#second * 1000, this.nowMs);
    }).flat();
  }

  /** The next point of each gauge. */
  gauges(seconds = 12) {
    return Object.fromEntries(this.run(seconds).map(({ metric, value }) => [metric, value]));
  }
}

describe('the points of ten seconds', () => {
  it('say where pages come from, and what they cost', () => {
    const gauges = new Scripted().gauges();
    expect(gauges).toEqual({
      'tier.size_bytes': 2e9,
      'tier.used_bytes': 1e9,
      'tier.hits_per_second': 300,
      'tier.storage_reads_per_second': 100,
      'tier.hit_ratio': 0.75,
      'tier.read_ms': expect.closeTo(0.1, 9) as number,
      'storage.read_ms': expect.closeTo(2, 9) as number,
      'local.free_bytes': 5e9,
      'local.read_iops': 300,
      'local.write_iops': 0,
      'local.read_bytes_per_second': 300 * PAGE,
      'local.write_bytes_per_second': 0,
      'local.read_ms': expect.closeTo(0.1, 9) as number,
      'temp.local_bytes': 1e6,
      'temp.data_bytes': 0,
    });
  });

  it('come every ten seconds, once each', () => {
    const points = new Scripted().run(61).filter(({ metric }) => metric === 'tier.hits_per_second');
    expect(points.map(({ atMs }) => (atMs - START_MS) / 1000)).toEqual([12, 22, 32, 42, 52]);
  });

  it('of a database without any part of it are what an estimate needs', () => {
    const without = new Scripted();
    Object.assign(without, { tierSize: 0, found: null, hasDevice: false });
    expect(Object.keys(without.gauges()).toSorted()).toEqual([
      'storage.read_ms',
      'tier.storage_reads_per_second',
    ]);
  });

  it('have no page from the tier come sooner than the device below it reads', () => {
    const fast = new Scripted();
    // Seen waiting: 30 ms for 300 pages, 0.1 ms each.
    fast.below = { reads: 500, readMs: 80 };
    expect(fast.gauges()['tier.read_ms']).toBeCloseTo(0.16, 9);
    expect(fast.watch.activity(fast.nowMs)?.tierReadMs).toBeCloseTo(0.16, 9);
    fast.below = { reads: 500, readMs: 5 };
    expect(fast.gauges(20)['tier.read_ms']).toBeCloseTo(0.1, 9);
  });

  it('leave out what is not known', () => {
    const blind = new Scripted();
    Object.assign(blind, { storagePages: null, hasDevice: false });
    const gauges = blind.gauges();
    expect(gauges['tier.hits_per_second']).toBe(300);
    for (const unknown of [
      'tier.storage_reads_per_second',
      'tier.hit_ratio',
      'storage.read_ms',
      'local.read_iops',
    ])
      expect(gauges).not.toHaveProperty([unknown]);
  });
});

describe('the last minute', () => {
  it('is not known before the second look, nor where storage reads cannot be counted', () => {
    const scripted = new Scripted();
    scripted.run(1);
    expect(scripted.watch.activity(scripted.nowMs)).toBeNull();
    scripted.storagePages = null;
    scripted.run(5);
    expect(scripted.watch.activity(scripted.nowMs)).toBeNull();
    expect(scripted.watch.localStorage(scripted.nowMs)?.device?.readIops).toBe(300);
  });

  it('forgets what is older', () => {
    const scripted = new Scripted();
    scripted.run(100);
    scripted.hits = 100;
    scripted.run(60);
    expect(scripted.watch.activity(scripted.nowMs)).toMatchObject({ hitsPerSecond: 100, hitRatio: 0.5 });
    expect(scripted.watch.activity(scripted.nowMs + 120_000)).toBeNull();
  });

  it('has nothing of a pause in it', () => {
    const scripted = new Scripted();
    scripted.run(20);
    scripted.watch.forget();
    scripted.hits = 1e6;
    scripted.run(1);
    scripted.hits = 300;
    expect(scripted.watch.activity(scripted.nowMs)).toBeNull();
    scripted.run(3);
    expect(scripted.watch.activity(scripted.nowMs)).toMatchObject({ hitsPerSecond: 300 });
  });
});
