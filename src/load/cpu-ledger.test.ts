import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CpuLedger } from './cpu-ledger.ts';
import type { CpuReading } from './cpu-ledger.ts';

const SECOND = 1e9;

function reading(runNs: number, waitNs: number, isRunnable: boolean): CpuReading {
  return { durationNs: SECOND, runNs, waitNs, isRunnable };
}

/** Books the readings of one process and returns the final shares of every tick. */
function settle(
  readings: readonly CpuReading[],
  windowTicks = readings.length + 1,
): { runNs: number; waitNs: number }[] {
  const ledger = new CpuLedger(windowTicks);
  const ticks = readings.map((each) => {
    const tick = ledger.openTick();
    ledger.book('p', each);
    return tick;
  });
  return ticks.map((tick) => {
    const share = ledger.share('p', tick);
    return { runNs: share?.runNs ?? 0, waitNs: share?.waitNs ?? 0 };
  });
}

describe('CpuLedger', () => {
  it('books run and wait time that fit their tick as they are', () => {
    expect(settle([reading(0.2 * SECOND, 0.3 * SECOND, false)])).toEqual([
      { runNs: 0.2 * SECOND, waitNs: 0.3 * SECOND },
    ]);
  });

  it('credits a process that was queued through a whole tick, before the kernel has booked anything', () => {
    const shares = settle([reading(0, 0, true), reading(0, 0, true), reading(0, 0, true)]);
    expect(shares.map((share) => share.waitNs)).toEqual([SECOND / 2, SECOND, SECOND]);
  });

  it('sets late run-queue time off against the credits, so that it is not counted twice', () => {
    const shares = settle([
      reading(0, 0, true),
      reading(0, 0, true),
      reading(0.1 * SECOND, 2.4 * SECOND, false),
    ]);
    const waited = shares.reduce((sum, share) => sum + share.waitNs, 0);
    expect(waited).toBeCloseTo(2.4 * SECOND, 0);
  });

  it('carries what does not fit into a tick back to the ticks before it', () => {
    const shares = settle([
      reading(0, 0, false),
      reading(0, 0, false),
      reading(0.1 * SECOND, 2.4 * SECOND, false),
    ]);
    expect(shares.map((share) => share.waitNs)).toEqual([0.5 * SECOND, SECOND, 0.9 * SECOND]);
  });

  it('takes back a credit that was too high', () => {
    const shares = settle([reading(0, 0, true), reading(0.01 * SECOND, 0.05 * SECOND, false)]);
    expect(shares.reduce((sum, share) => sum + share.waitNs, 0)).toBeCloseTo(0.05 * SECOND, 0);
  });

  it('remembers credits of ticks that have left the window', () => {
    const queued = Array.from({ length: 5 }, () => reading(0, 0, true));
    const ledger = new CpuLedger(2);
    for (const each of [...queued, reading(0.1 * SECOND, 5 * SECOND, false)]) {
      ledger.openTick();
      ledger.book('p', each);
    }
    // 4.5 s were credited; the half second that is left goes into the last tick, not five.
    expect(ledger.share('p', 6)?.waitNs).toBeCloseTo(0.5 * SECOND, 0);
  });

  it('loses and invents nothing, whatever the order of bookings', () => {
    const step = fc.record({
      sleepNs: fc.integer({ min: 0, max: 3 * SECOND }),
      waitNs: fc.integer({ min: 0, max: 3 * SECOND }),
      runNs: fc.integer({ min: 1, max: SECOND / 4 }),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), (steps) => {
        const readings = observe(steps);
        const shares = settle(readings);
        const booked = readings.reduce((sum, each) => sum + each.waitNs, 0);
        const given = shares.reduce((sum, share) => sum + share.waitNs, 0);
        expect(Math.abs(given - booked)).toBeLessThan(1000);
        for (const share of shares) expect(share.waitNs).toBeGreaterThanOrEqual(-1);
      }),
    );
  });
});

/** What a reader at every second would see of a process that sleeps, queues and runs in turn; ends asleep. */
function observe(steps: readonly { sleepNs: number; waitNs: number; runNs: number }[]): CpuReading[] {
  const readings: CpuReading[] = [];
  let now = 0;
  let runNs = 0;
  let waitNs = 0;
  let seen = { runNs: 0, waitNs: 0 };
  const advance = (durationNs: number, isRunnable: boolean): void => {
    const end = now + durationNs;
    while ((readings.length + 1) * SECOND <= end) {
      readings.push(reading(runNs - seen.runNs, waitNs - seen.waitNs, isRunnable));
      seen = { runNs, waitNs };
    }
    now = end;
  };
  for (const step of steps) {
    advance(step.sleepNs, false);
    advance(step.waitNs, true);
    waitNs += step.waitNs;
    advance(step.runNs, true);
    runNs += step.runNs;
  }
  advance(SECOND, false);
  return readings;
}
