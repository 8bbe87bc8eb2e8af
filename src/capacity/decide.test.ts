import { describe, expect, it } from 'vitest';
import { decide, reconfigure, startCapacity } from './decide.ts';
import { ALONE, CONFIG, GIB, observation, Script } from './decide-fixture.ts';
import { RULES } from './rules.ts';

/** Eight sessions that compute on a database held at its minimum of 0.125 CPU, two processors used by it. */
const STARVED = { cpu: { used: 0.125, throttled: 1.7, waiting: 7.8 } };

describe('up', () => {
  it('goes as far as demand says in one step, in the very next decision', () => {
    const script = new Script({ maxAcu: 16 });
    // 1.4 CPUs at 70 % are 2 CPUs, which is 8 ACU.
    expect(script.full({ cpu: { used: 1.4 } }).toAcu).toBe(8);
  });

  it('counts what waited for our own limit as demand', () => {
    const script = new Script({ hostCpus: 2 });
    const decision = script.full(STARVED);
    expect(decision.toAcu).toBe(8);
    expect(decision.binding).toBe('cpu');
    expect(decision.cpu?.waitingForLimit).toBeGreaterThan(6);
  });

  it('does so from the fast loop alone, within three looks', () => {
    const script = new Script();
    script.fast(STARVED);
    script.fast(STARVED);
    expect(script.fast(STARVED).toAcu).toBe(8);
  });

  it('asks for nothing when the host, not our limit, keeps sessions waiting, and says so', () => {
    const script = new Script({}, 3.5);
    const decision = script.full({ cpu: { used: 0.6, throttled: 0, waiting: 6 } });
    expect(decision.toAcu).toBe(3.5);
    expect(decision.parts.cpu).toBeCloseTo(0.6 / RULES.targetUtilisation / 0.25);
    expect(decision.hostSaturated).toBe(true);
  });

  it('cannot use more processors than the host has', () => {
    const script = new Script({ maxAcu: 64, hostCpus: 2 });
    expect(script.full(STARVED).toAcu).toBe(8);
  });

  it('follows the network and the number of connections, too', () => {
    const script = new Script();
    expect(script.full({ network: 84_000_000 }).binding).toBe('network');
    expect(script.acu).toBe(3);
    const storm = new Script();
    expect(storm.full({ connections: 800 }).binding).toBe('connections');
    expect(storm.acu).toBe(2);
  });

  it('grows memory at once for what cannot be evicted, with headroom, from the fast loop as well', () => {
    const script = new Script();
    expect(script.fast({ memory: { unevictableBytes: 4 * GIB } }).toAcu).toBe(2.5);
    expect(script.full({ memory: { unevictableBytes: 8 * GIB } }).toAcu).toBe(5);
  });

  it('is not moved by locks, clients, time-outs and idle processes', () => {
    const script = new Script();
    const lockPileUp = { waits: { io: 0, other: 200 }, cpu: { used: 0.01, waiting: 0 } };
    expect(new Set(script.repeat(60, lockPileUp))).toEqual(new Set([0.5]));
  });

  it('says nothing of a demand that a quiet fast look cannot know', () => {
    const script = new Script({}, 4);
    const decision = script.fast({ cpu: { used: 1.9 } });
    expect(decision.toAcu).toBe(4);
    expect(decision.parts.cpu).toBeNull();
  });
});

describe('down', () => {
  it('follows the highest use of the last while, not the last second', () => {
    const script = new Script();
    script.full({ cpu: { used: 1.2 } });
    const raised = script.acu;
    const after = script.repeat(RULES.holdMs / 1000 + 1);
    expect(after.slice(0, RULES.holdMs / 1000 - 1)).toEqual(Array(RULES.holdMs / 1000 - 1).fill(raised));
    expect(after.at(-1)).toBe(0.5);
  });

  it('falls back soon from a jump for a queue that is worked off', () => {
    const script = new Script();
    for (let look = 0; look < 3; look++) script.fast(STARVED);
    expect(script.acu).toBe(8);
    // The queue took 0.3 CPU seconds; after the jump has settled that is all that was used.
    const after = script.repeat(3, { cpu: { used: 0.3 } });
    expect(after.at(-1)).toBe(2);
  });

  it('does not happen for a saving that is not worth a change, and says so', () => {
    const script = new Script({ maxAcu: 32, hostCpus: 8 }, 20);
    const almostAll = { cpu: { used: 19.2 * 0.25 * RULES.targetUtilisation } };
    expect(new Set(script.repeat(30, almostAll))).toEqual(new Set([20]));
    expect(script.full(almostAll).hold.kind).toBe('small-saving');
    const less = { cpu: { used: 18 * 0.25 * RULES.targetUtilisation } };
    expect(script.repeat(RULES.holdMs / 1000 + 1, less).at(-1)).toBe(18);
  });

  it.each(['cpu', 'memory'] as const)('never happens while %s is not observed', (resource) => {
    const script = new Script({}, 6);
    expect(new Set(script.repeat(120, { [resource]: null }))).toEqual(new Set([6]));
    expect(script.full({ [resource]: null }).hold).toMatchObject({ kind: 'missing-observation', resource });
  });

  it('is not for the fast loop', () => {
    const script = new Script({}, 6);
    for (let look = 0; look < 600; look++) script.fast();
    expect(script.acu).toBe(6);
  });

  it('gives memory back in small steps, down to what cannot be evicted', () => {
    const script = new Script({}, 8);
    // The cache fills what it is given, as caches do.
    const seen = (): Parameters<Script['full']>[0] => ({
      memory: { unevictableBytes: 0.7 * GIB, cacheBytes: script.acu * 2 * GIB - 0.7 * GIB },
    });
    const path: number[] = [];
    for (let second = 0; second < 240; second++) path.push(script.full(seen()).toAcu);
    const steps = path.map((acu, index) => (path[index - 1] ?? 8) - acu);
    expect(Math.max(...steps)).toBeLessThanOrEqual(0.5);
    expect(Math.min(...steps)).toBe(0);
    expect(path.at(-1)).toBe(0.5);
    expect(path.indexOf(0.5)).toBeGreaterThan(30);
  });

  it('takes a step back when pages have to be read again, and then leaves the cache for a while', () => {
    const script = new Script({}, 8);
    const full = (): number => script.acu * 2 * GIB - 0.5 * GIB;
    const quiet = (): Parameters<Script['full']>[0] => ({
      memory: { unevictableBytes: 0.5 * GIB, cacheBytes: full() },
    });
    while (script.acu > 6) script.full(quiet());
    const pressed = script.full({
      memory: { unevictableBytes: 0.5 * GIB, cacheBytes: full(), refaultBytesPerSecond: 50_000_000 },
      waits: { io: 2 },
    });
    expect(pressed.toAcu).toBeGreaterThan(6);
    const reached = script.acu;
    expect(new Set([1, 2, 3, 4, 5, 6, 7, 8, 9].map(() => script.full(quiet()).toAcu))).toEqual(
      new Set([reached]),
    );
    expect(script.full(quiet()).hold.kind).toBe('cache-needed');
  });

  it('gives up on a cache that grows without helping', () => {
    const script = new Script({ maxAcu: 32 });
    const scan = (): Parameters<Script['full']>[0] => ({
      memory: {
        unevictableBytes: 0.3 * GIB,
        cacheBytes: script.acu * 2 * GIB - 0.3 * GIB,
        refaultBytesPerSecond: 200_000_000,
      },
      waits: { io: 4 },
    });
    let highest = 0;
    for (let second = 0; second < 25; second++) highest = Math.max(highest, script.full(scan()).toAcu);
    expect(highest).toBeGreaterThan(4);
    for (let second = 0; second < 200; second++) script.full(scan());
    expect(script.acu).toBeLessThan(highest / 2);
  });

  it('does not judge memory that slow storage is still filling', () => {
    const script = new Script({ maxAcu: 8 }, 2);
    let cacheBytes = 3.6 * GIB;
    const saturated = (): Parameters<Script['full']>[0] => {
      // 8 MB a second is all that storage gives.
      cacheBytes = Math.min(cacheBytes + 8_000_000, script.acu * 2 * GIB - 0.3 * GIB);
      return {
        cpu: { used: 0.1 },
        memory: { unevictableBytes: 0.3 * GIB, cacheBytes, refaultBytesPerSecond: 8_000_000 },
        waits: { io: 14 },
      };
    };
    for (let second = 0; second < 45; second++) script.full(saturated());
    expect(script.acu).toBe(2.5);
  });

  it('gives back what was added in vain, and no more while pages are read again', () => {
    const script = new Script({ maxAcu: 16 }, 4);
    const scan = (refaultBytesPerSecond = 200_000_000): Parameters<Script['full']>[0] => ({
      memory: {
        unevictableBytes: 0.3 * GIB,
        cacheBytes: script.acu * 2 * GIB - 0.3 * GIB,
        refaultBytesPerSecond,
      },
      waits: { io: 4 },
    });
    let highest = 0;
    for (let second = 0; second < 30; second++) highest = Math.max(highest, script.full(scan()).toAcu);
    expect(highest).toBeGreaterThan(5);
    for (let second = 0; second < 200; second++) script.full(scan());
    expect(script.acu).toBe(4);
    for (let second = 0; second < 20; second++) script.full(scan(0));
    expect(script.acu).toBeLessThan(4);
  });

  it('goes on growing while storage at its limit does more with the same pages', () => {
    const script = new Script({ maxAcu: 8 }, 1);
    const saturated = (): Parameters<Script['full']>[0] => ({
      // The more fits, the more is done; storage gives as many pages a second whatever happens.
      cpu: { used: 0.05 * script.acu },
      memory: {
        unevictableBytes: 0.3 * GIB,
        cacheBytes: script.acu * 2 * GIB - 0.3 * GIB,
        refaultBytesPerSecond: 100_000_000,
      },
      waits: { io: 14 },
    });
    for (let second = 0; second < 60; second++) script.full(saturated());
    expect(script.acu).toBeGreaterThan(6);
  });

  it('leaves to the second tier what it serves well, and takes memory for what it does not', () => {
    const script = new Script({}, 4);
    const reading = (tier: number): Parameters<Script['full']>[0] => ({
      cpu: { used: 0.4 },
      memory: {
        unevictableBytes: 0.3 * GIB,
        cacheBytes: script.acu * 2 * GIB - 0.3 * GIB,
        tierReadBytesPerSecond: 40_000_000,
      },
      waits: { tier },
    });
    for (let second = 0; second < 120; second++) script.full(reading(0.8));
    const served = script.acu;
    expect(served).toBeLessThan(4);
    script.full(reading(1.2));
    expect(script.acu).toBeGreaterThan(served);
  });

  it('takes waiting for the second tier as little beside much computing', () => {
    const script = new Script({ maxAcu: 32, hostCpus: 16 }, 16);
    const reading = (tier: number): Parameters<Script['full']>[0] => ({
      cpu: { used: 2.9 },
      memory: {
        unevictableBytes: 0.3 * GIB,
        cacheBytes: script.acu * 2 * GIB - 0.3 * GIB,
        tierReadBytesPerSecond: 200_000_000,
      },
      waits: { tier },
    });
    for (let second = 0; second < 10; second++) script.full(reading(1.4));
    expect(script.acu).toBeLessThanOrEqual(16);
    for (let second = 0; second < 3; second++) script.full(reading(1.5));
    expect(script.acu).toBeGreaterThan(16);
  });

  it('never goes below what cannot be evicted, whoever wants the room', () => {
    const script = new Script({}, 8);
    const decision = script.full({
      memory: { unevictableBytes: 6.4 * GIB },
      grant: { shareAcu: 1, contended: true },
    });
    expect(decision.toAcu).toBe(4);
    expect(decision.cap).toBeNull();
  });
});

describe('bounds', () => {
  it('change live', () => {
    const script = new Script({}, 8);
    script.full({ cpu: { used: 1.4 } });
    script.state = reconfigure(script.state, { ...CONFIG, maxAcu: 3 }, script.now);
    expect(script.full({ cpu: { used: 1.4 } }).toAcu).toBe(3);
    script.state = reconfigure(script.state, { ...CONFIG, minAcu: 5 }, script.now);
    expect(script.full().toAcu).toBe(5);
  });

  it('keep to the share of the host, and say so', () => {
    const script = new Script();
    const decision = script.full({ ...STARVED, grant: { shareAcu: 2.75, contended: false } });
    expect(decision.toAcu).toBe(2.5);
    expect(decision.cap).toBe('host-share');
  });

  it('pace growth on a contended host only', () => {
    const contended = { shareAcu: 8, contended: true };
    const script = new Script();
    expect(script.full({ ...STARVED, grant: contended }).toAcu).toBe(4.5);
    expect(script.full({ ...STARVED, grant: contended }).toAcu).toBe(5.5);
    expect(script.full({ ...STARVED, grant: contended }).cap).toBe('token-bucket');
    expect(script.full({ ...STARVED, grant: ALONE }).toAcu).toBe(8);
  });

  it('decide the same for the same', () => {
    const start = startCapacity(CONFIG, 0.5, 0);
    const seen = observation('full', STARVED, GIB);
    expect(decide(start, seen, 1000)).toEqual(decide(structuredClone(start), structuredClone(seen), 1000));
  });
});
