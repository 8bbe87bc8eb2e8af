import { describe, expect, it } from 'vitest';
import { dayLevels, MEAN_LEVEL } from '../../bench/economy/day.ts';
import { inodeOf } from '../../bench/load/socket-owner.ts';
import { TakeDown } from '../../bench/load/take-down.ts';
import { pauseOnDemand } from '../../bench/policies/pause-on-demand.ts';
import { countKinds, grown } from '../../bench/soak/descriptors.ts';
import { Ledger } from '../../bench/soak/ledger.ts';
import { meetsTarget, spread, toRow } from '../../bench/wake/report.ts';
import { kilobytes, parseCpuMs } from '../../bench/wake/process-figures.ts';
import { DEFAULT_SHAPE } from '../../src/capacity/acu.ts';
import type { CapacityConfig, Observation } from '../../src/capacity/model.ts';

describe('a pause on demand', () => {
  const config: CapacityConfig = {
    minAcu: 0,
    maxAcu: 4,
    autoPauseMs: 300_000,
    shape: DEFAULT_SHAPE,
    hostCpus: 2,
  };
  const look = (used: number): Observation => ({
    kind: 'fast',
    durationMs: 50,
    cpu: { used, throttled: 0, waiting: 0 },
    memory: null,
    waits: null,
    networkBytesPerSecond: null,
    connections: null,
    activity: null,
    grant: { shareAcu: 8, contended: false },
  });

  it('is asked for whenever it is wanted, and leaves decisions as they are', () => {
    let isWanted = false;
    const policy = pauseOnDemand(() => isWanted);
    const state = policy.start(config, 0.5, 0);
    const before = policy.decide(state, look(0), 50);
    expect(before.actions).toEqual([]);
    isWanted = true;
    expect(policy.decide(state, look(0), 50)).toEqual({ ...before, actions: [{ kind: 'pause' }] });
  });
});

describe('wakes', () => {
  const measured = (wakes: number[]) => ({
    state: 'just paused' as const,
    way: 'tcp' as const,
    wakes,
    sentinel: [1],
    awake: [0.5, 1, 1.5],
  });

  it('are told by their spread, beside the same question awake', () => {
    const row = toRow('fleet', measured([2, 4, 3, Number.NaN]));
    expect(row.wake).toEqual({ count: 3, p50: 3, p95: 4, p99: 4, max: 4 });
    expect(row.ratio).toBe(3);
    expect(spread([])).toEqual({ count: 0, p50: null, p95: null, p99: null, max: null });
  });

  it('are held against their target right after a pause only', () => {
    expect(meetsTarget(toRow('fleet', measured([2, 3, 10])))).toBe(true);
    expect(meetsTarget(toRow('fleet', measured([2, 3, 10.1])))).toBe(false);
    expect(meetsTarget(toRow('fleet', measured([3.1, 3.1])))).toBe(false);
    expect(meetsTarget(toRow('sentinel alone', measured([2])))).toBeNull();
    expect(meetsTarget(toRow('fleet', { ...measured([2]), state: 'swapped out' }))).toBeNull();
  });
});

describe('figures of a process', () => {
  it('are read whatever its name is', () => {
    const stat = `4711 (a) R (b)) S ${Array.from({ length: 30 }, (_, index) => index + 4).join(' ')}`;
    // Fields 14 and 15, in hundredths of a second.
    expect(parseCpuMs(stat)).toBe((14 + 15) * 10);
    expect(kilobytes('Name:\tx\nVmRSS:\t     12 kB\n', 'VmRSS')).toBe(12 * 1024);
    expect(kilobytes('', 'Pss')).toBeNull();
  });

  it('find who listens on a socket, not who is connected to it', () => {
    const text = [
      'Num       RefCount Protocol Flags    Type St Inode Path',
      '0000000000000000: 00000003 00000000 00000000 0001 03 11 /run/a.sock',
      '0000000000000000: 00000002 00000000 00010000 0001 01 22 /run/a.sock',
      '0000000000000000: 00000002 00000000 00010000 0001 01 33 /run/b.sock',
    ].join('\n');
    expect(inodeOf(text, '/run/a.sock')).toBe('22');
    expect(inodeOf(text, '/run/c.sock')).toBeNull();
  });
});

describe('descriptors', () => {
  it('leak where there are more of them than before', () => {
    const before = countKinds(['socket:[1]', 'socket:[2]', 'pipe:[3]', '/a']);
    expect(before).toEqual(
      new Map([
        ['socket', 2],
        ['pipe', 1],
        ['/a', 1],
      ]),
    );
    expect(grown(before, countKinds(['socket:[9]', 'pipe:[8]', 'socket:[7]', '/b']))).toEqual([]);
    expect(grown(before, countKinds(['socket:[1]', 'socket:[2]', 'socket:[3]', 'pipe:[4]', '/a']))).toEqual([
      'socket +1',
    ]);
  });
});

describe('a ledger of rows', () => {
  it('knows which are lost and which are there that should not be', () => {
    const ledger = new Ledger();
    const [kept, lost, inDoubt, takenBack] = [ledger.next(), ledger.next(), ledger.next(), ledger.next()];
    ledger.confirm(kept);
    ledger.confirm(lost);
    ledger.takeBack(takenBack);
    expect(ledger.compare([kept, inDoubt])).toEqual({ lost: [lost], risen: [] });
    expect(ledger.compare([kept, lost, takenBack])).toEqual({ lost: [], risen: [takenBack] });
    expect(ledger.committed).toBe(2);
  });
});

describe('what is taken down', () => {
  it('is the newest first, all of it where a part fails, and once', async () => {
    const done: string[] = [];
    const takeDown = new TakeDown();
    takeDown.add(() => void done.push('first'));
    takeDown.add(() => Promise.reject(new Error('the second fails')));
    takeDown.add(async () => void done.push('third'));
    await expect(takeDown.run()).rejects.toThrow('the second fails');
    expect(done).toEqual(['third', 'first']);
    await takeDown.run();
    expect(done).toHaveLength(2);
  });
});

describe('a day with silent nights', () => {
  it.each([60, 300, 1_800])('of %i s has stretches without a request, its peak and its mean', (seconds) => {
    const levels = dayLevels(seconds, 7, true);
    expect(Math.max(...levels)).toBe(1);
    expect(levels.filter((level) => level === 0).length / seconds).toBeGreaterThan(0.15);
    expect(levels.reduce((sum, level) => sum + level, 0) / seconds).toBeCloseTo(MEAN_LEVEL, 6);
  });
});
