import { describe, expect, it } from 'vitest';
import { scriptedSample, scriptedTick } from '../../../../test/kit/scripted-observer.ts';
import { deviceRates } from './device-rates.ts';
import { readRates, readWaits } from './read-rates.ts';

const second = {
  durationMs: 1000,
  tierPages: 0,
  storagePages: 0,
  tierWaitMs: 0,
  storageWaitMs: 0,
  tierDevice: null,
};

describe('what a tick waited for', () => {
  const waiting = (wait: string, weightMs: number, type = 'client backend', background = false) =>
    scriptedSample(
      weightMs,
      { 'db.wait_event': wait, 'db.session_type': type },
      background ? 'background' : 'active',
    );

  it('is told apart by where the page comes from', () => {
    const tick = scriptedTick(0, [
      waiting('IO:TieredCacheRead', 300),
      waiting('IO:DataFileRead', 500),
      waiting('IO:PageFault', 20),
      waiting('IO:AioIoCompletion', 7),
      waiting('IO:WALSync', 1000),
      waiting('CPU:Running', 1000),
      waiting('Lock:tuple', 1000),
    ]);
    expect(readWaits(tick)).toEqual({ tierWaitMs: 300, storageWaitMs: 527 });
  });

  it('counts who reads for itself in the background, and nobody twice', () => {
    const tick = scriptedTick(0, [
      waiting('IO:DataFileRead', 40, 'autovacuum worker', true),
      waiting('IO:DataFileRead', 800, 'io worker', true),
      waiting('IO:AioIoCompletion', 800),
    ]);
    expect(readWaits(tick)).toEqual({ tierWaitMs: 0, storageWaitMs: 840 });
  });
});

describe('rates of reads', () => {
  it('are those of the whole time, not means of seconds', () => {
    const rates = readRates([
      { ...second, tierPages: 900, storagePages: 100, tierWaitMs: 90, storageWaitMs: 100 },
      { ...second, durationMs: 3000, tierPages: 100, storagePages: 300, tierWaitMs: 10, storageWaitMs: 700 },
    ]);
    expect(rates).toEqual({
      hitsPerSecond: 250,
      storageReadsPerSecond: 100,
      hitRatio: 1000 / 1400,
      tierReadMs: 0.1,
      storageReadMs: 2,
    });
  });

  it('have no ratio and no time of a page where there was none', () => {
    expect(readRates([{ ...second, storageWaitMs: 50 }])).toEqual({
      hitsPerSecond: 0,
      storageReadsPerSecond: 0,
      hitRatio: null,
      tierReadMs: null,
      storageReadMs: null,
    });
  });

  it('tell no time of a page from a tier that nobody was seen to wait for, but what its device took', () => {
    const fast = { ...second, tierPages: 2000 };
    expect(readRates([fast]).tierReadMs).toBeNull();
    expect(readRates([{ ...fast, tierDevice: { reads: 0, readMs: 0 } }]).tierReadMs).toBeNull();
    const known = { ...fast, tierDevice: { reads: 2100, readMs: 63 } };
    expect(readRates([known, fast]).tierReadMs).toBeCloseTo(0.03, 9);
    expect(readRates([{ ...known, tierWaitMs: 100 }]).tierReadMs).toBeCloseTo(0.05, 9);
    expect(readRates([{ ...second, tierDevice: { reads: 100, readMs: 30 } }]).tierReadMs).toBeNull();
  });

  it('leave out what nobody could count', () => {
    const rates = readRates([
      { ...second, tierPages: 100, storagePages: 100, tierWaitMs: 10, storageWaitMs: 100 },
      { ...second, tierPages: 500, storagePages: null, tierWaitMs: 50, storageWaitMs: 9000 },
    ]);
    expect(rates).toMatchObject({ hitsPerSecond: 300, storageReadsPerSecond: 100 });
    expect(rates).toMatchObject({ hitRatio: 0.5, storageReadMs: 1 });
    expect(readRates([]).hitsPerSecond).toBeNull();
  });
});

describe('rates of a device', () => {
  const work = { durationMs: 1000, reads: 0, writes: 0, readBytes: 0, writeBytes: 0, readMs: 0, writeMs: 0 };

  it('are those of the whole time', () => {
    const rates = deviceRates([
      { ...work, reads: 300, readBytes: 3e6, readMs: 30 },
      { ...work, reads: 100, readBytes: 1e6, readMs: 50 },
    ]);
    expect(rates).toEqual({
      readIops: 200,
      writeIops: 0,
      readBytesPerSecond: 2e6,
      writeBytesPerSecond: 0,
      readMs: 0.2,
      writeMs: null,
    });
  });

  it('are not known without time', () => {
    expect(deviceRates([])).toBeNull();
  });
});
