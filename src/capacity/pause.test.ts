import { describe, expect, it } from 'vitest';
import { reconfigure } from './decide.ts';
import { CONFIG, GIB, Script, SLEEPY } from './decide-fixture.ts';
import type { PauseBlocker } from './model.ts';
import { boostAcu, pauseCancelled } from './pause.ts';

const STANDBY: PauseBlocker = { kind: 'replication', detail: 'a standby is connected (walreceiver)' };
const BUSY = { activity: { isActive: true } };
const HELD = { activity: { blockers: [STANDBY] } };
/** Eight sessions that compute on a database of 2 ACU. */
const RUSH = { ...BUSY, cpu: { used: 0.5, throttled: 1.4, waiting: 7 } };

const sleepy = (capacityAcu = 0.5): Script => new Script(SLEEPY, capacityAcu);

describe('a database with a minimum of 0', () => {
  it('is paused when it has been quiet for its time, and not a look before', () => {
    const script = sleepy();
    script.repeat(7, BUSY);
    expect(script.full().pause).toEqual({ kind: 'waiting', untilMs: 27_000 });
    script.repeat(18);
    expect(script.asked).toEqual([]);
    const decision = script.full();
    expect(script.now).toBe(27_000);
    expect(script.asked).toEqual([{ kind: 'pause' }]);
    expect(decision).toMatchObject({ fromAcu: 0.5, toAcu: 0, cap: null, pause: { kind: 'due' } });
    // Until it is really paused it keeps what it has.
    expect(script.acu).toBe(0.5);
  });

  it('is never held below one step while it is awake', () => {
    const script = sleepy(0);
    expect(script.acu).toBe(0.5);
    expect(script.full({ connections: null, network: null, memory: null, cpu: null }).toAcu).toBe(0.5);
    const shared = script.full({ ...BUSY, grant: { shareAcu: 0, contended: true } });
    expect(shared).toMatchObject({ toAcu: 0.5, hold: { kind: 'minimum' } });
  });

  it('asks for the pause instead of a change of capacity, which comes if the pause does not', () => {
    const script = sleepy(4);
    const uncached = { memory: { unevictableBytes: 7 * GIB } };
    script.repeat(19, uncached);
    expect(script.acu).toBe(4.5);
    script.full({ memory: { unevictableBytes: 0.2 * GIB } });
    expect(script.asked).toEqual([{ kind: 'pause' }]);
    expect(script.acu).toBe(4.5);
    script.state = pauseCancelled(script.state, script.now, false);
    script.full();
    expect(script.asked).toEqual([{ kind: 'set-capacity', acu: 0.5 }]);
  });

  it('is asked once, not at every look while the pause is under way, and again after five seconds', () => {
    const script = sleepy();
    expect(script.untilPause()).toBe(20);
    expect(script.repeat(4)).toEqual([0.5, 0.5, 0.5, 0.5]);
    expect(script.full().toAcu).toBe(0);
  });

  it('waits in full again after a pause that activity cancelled, and five seconds after another one', () => {
    const script = sleepy();
    script.untilPause();
    script.state = pauseCancelled(script.state, script.now, false);
    expect(script.untilPause()).toBe(5);
    script.state = pauseCancelled(script.state, script.now, true);
    expect(script.untilPause()).toBe(20);
  });
});

describe('it is not paused', () => {
  it('while somebody uses it', () => {
    const script = sleepy();
    for (let second = 0; second < 600; second++)
      expect(script.full(BUSY).pause).toEqual({ kind: 'active', by: null });
    expect(script.untilPause()).toBe(20);
  });

  it('while something is in the way; the quiet time counts meanwhile', () => {
    const script = sleepy();
    for (let second = 0; second < 600; second++)
      expect(script.full(HELD).pause).toEqual({ kind: 'blocked', blockers: [STANDBY] });
    expect(script.untilPause()).toBe(10);
  });

  it('where that is not known, and what nobody saw was not quiet', () => {
    const script = sleepy();
    script.repeat(10);
    for (let second = 0; second < 600; second++)
      expect(script.full({ activity: null }).pause).toEqual({ kind: 'unknown' });
    expect(script.untilPause()).toBe(10);
  });

  it('by a fast look', () => {
    const script = sleepy();
    for (let look = 0; look < 20 * 600; look++) expect(script.fast().pause).toBeNull();
    expect(script.asked).toEqual([]);
  });

  it.each([
    { why: 'its minimum is above 0', config: { minAcu: 0.5, autoPauseMs: 1000 } },
    { why: 'it has no time to wait', config: { minAcu: 0, autoPauseMs: null } },
  ])('where $why', ({ config }) => {
    const script = new Script(config);
    for (let second = 0; second < 600; second++)
      expect(script.full()).toMatchObject({ toAcu: 0.5, pause: null });
  });
});

describe('its bounds', () => {
  it('may let it pause from now on: the wait begins', () => {
    const script = new Script({ ...SLEEPY, minAcu: 0.5 });
    script.repeat(600);
    script.state = reconfigure(script.state, SLEEPY, script.now);
    expect(script.untilPause()).toBe(20);
  });

  it('may change the wait: the quiet time counts on', () => {
    const script = sleepy();
    script.repeat(15);
    script.state = reconfigure(script.state, { ...SLEEPY, autoPauseMs: 30_000 }, script.now);
    expect(script.untilPause()).toBe(15);
    script.sleep(60_000, 'disconnect');
    script.state = reconfigure(script.state, CONFIG, script.now);
    expect(new Set(script.repeat(600))).toEqual(new Set([0.5]));
  });
});

describe('a wake', () => {
  it('by a client gets more than the minimum for three seconds', () => {
    const script = sleepy();
    script.untilPause();
    expect(boostAcu(script.state)).toBe(2);
    script.sleep(60_000, 'client');
    expect(script.acu).toBe(2);
    const untilMs = script.now + 3000;
    expect(script.full(BUSY)).toMatchObject({ toAcu: 2, hold: { kind: 'resume-boost', untilMs } });
    expect(script.fast(BUSY).hold).toMatchObject({ kind: 'resume-boost', untilMs });
    expect(script.repeat(3, BUSY)).toEqual([2, 0.5, 0.5]);
    expect(script.state.pause.boost).toBeNull();
  });

  it.each(['disconnect', 'request'] as const)('by a %s gets the minimum', (kind) => {
    const script = sleepy(4);
    script.repeat(4);
    script.untilPause();
    script.sleep(60_000, kind);
    expect(script.acu).toBe(0.5);
    expect(script.full().hold.kind).toBe('minimum');
  });

  it('that comes to nothing is followed by a pause in ten seconds, or in the time to wait where that is less', () => {
    const script = sleepy();
    script.untilPause();
    for (const kind of ['disconnect', 'request', 'client'] as const) {
      script.sleep(60_000, kind);
      expect(script.untilPause()).toBe(10);
    }
    const hasty = new Script({ ...SLEEPY, autoPauseMs: 3000 });
    hasty.untilPause();
    hasty.sleep(60_000, 'client');
    expect(hasty.untilPause()).toBe(3);
  });

  it('that comes to something makes it wait in full', () => {
    const script = sleepy();
    script.untilPause();
    script.sleep(60_000, 'client');
    script.full(BUSY);
    expect(script.untilPause()).toBe(20);
  });

  it('gets what the last one came to need, and half of that when it was not needed again', () => {
    const script = sleepy();
    script.untilPause();
    script.sleep(60_000, 'client');
    script.full(RUSH);
    expect(script.acu).toBe(8);
    const boosts: number[] = [];
    for (let wake = 0; wake < 4; wake++) {
      script.full(BUSY);
      script.untilPause();
      script.sleep(60_000, 'client');
      boosts.push(script.acu);
    }
    expect(boosts).toEqual([8, 4, 2, 2]);
  });

  it('gets nothing beforehand where the last two came to nothing, and goes back to sleep sooner', () => {
    const script = sleepy();
    script.full(BUSY);
    const seen: [acu: number, awakeMs: number][] = [];
    for (let wake = 0; wake < 4; wake++) {
      script.untilPause();
      script.sleep(60_000, 'client');
      const [acu, wokenAtMs] = [script.acu, script.now];
      script.untilPause();
      seen.push([acu, script.now - wokenAtMs]);
      script.sleep(60_000, 'request');
    }
    expect(seen.map(([acu]) => acu)).toEqual([2, 2, 0.5, 0.5]);
    expect(seen[2]?.[1]).toBeLessThan(seen[0]?.[1] ?? 0);
    script.full(BUSY);
    script.untilPause();
    script.sleep(60_000, 'client');
    expect(script.acu).toBe(2);
  });

  it('is not measured by what came later, nor by the page cache that filled its boost', () => {
    const script = sleepy();
    script.untilPause();
    script.sleep(60_000, 'client');
    script.repeat(4, { ...BUSY, memory: { cacheBytes: 3.8 * GIB } });
    expect(script.state.pause.wakeDemandAcu).toBeLessThan(0.1);
    script.repeat(1, BUSY);
    script.full(RUSH);
    expect(script.acu).toBe(8);
    expect(script.state.pause.wakeDemandAcu).toBeLessThan(0.1);
  });

  it('never gets less than what could not be evicted', () => {
    const script = sleepy(4);
    script.untilPause({ memory: { unevictableBytes: 6.4 * GIB } });
    expect(boostAcu(script.state)).toBe(4);
    script.sleep(60_000, 'disconnect');
    expect(script.acu).toBe(4);
    const blind = sleepy(3);
    blind.untilPause({ memory: null });
    blind.sleep(60_000, 'request');
    expect(blind.acu).toBe(3);
  });

  it('is bounded by maximum and host', () => {
    const small = new Script({ ...SLEEPY, maxAcu: 1 });
    small.untilPause();
    small.sleep(60_000, 'client');
    expect(small.acu).toBe(1);
    const shared = sleepy();
    shared.untilPause();
    shared.sleep(60_000, 'client');
    expect(shared.full({ ...BUSY, grant: { shareAcu: 1, contended: true } }).toAcu).toBe(1);
  });

  it('knows no load of the time before it', () => {
    const script = new Script({ ...SLEEPY, autoPauseMs: 1000 });
    script.full({ ...BUSY, cpu: { used: 1 } });
    expect(script.acu).toBe(5.5);
    script.untilPause();
    script.sleep(2000, 'request');
    expect(script.repeat(1, BUSY)).toEqual([0.5]);
  });
});
