import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { awakeMinimum, isOnGrid, roundUpToGrid } from './acu.ts';
import { decide, startCapacity } from './decide.ts';
import { CONFIG, GIB } from './decide-fixture.ts';
import { unevictableToAcu } from './memory-demand.ts';
import type { CapacityState, Observation, Outcome, PauseBlocker, WakeKind } from './model.ts';
import { BOOST_MS, IDLE_WAKES, pauseCancelled, resume, RETRY_MS } from './pause.ts';

const cpu = fc.record({
  used: fc.double({ min: 0, max: 8, noNaN: true }),
  throttled: fc.option(fc.double({ min: 0, max: 4, noNaN: true }), { nil: null }),
  waiting: fc.double({ min: 0, max: 200, noNaN: true }),
});
const readAgain = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 500_000_000 }));
const memory = fc.record({
  unevictableBytes: fc.integer({ min: 0, max: 24 * GIB }),
  cacheBytes: fc.integer({ min: 0, max: 24 * GIB }),
  limitBytes: fc.option(fc.integer({ min: GIB, max: 32 * GIB }), { nil: null }),
  refaultBytesPerSecond: readAgain,
  tierReadBytesPerSecond: readAgain,
});
const blocker: PauseBlocker = { kind: 'replication', detail: 'a standby is connected (walreceiver)' };
const activity = fc.record({
  by: fc.constant(null),
  isActive: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, fc.boolean()),
  blockers: fc.oneof({ weight: 9, arbitrary: fc.constant([]) }, fc.constant([blocker])),
});
const seen: fc.Arbitrary<Observation> = fc.record({
  kind: fc.constantFrom('fast' as const, 'full' as const),
  durationMs: fc.integer({ min: 1, max: 3000 }),
  cpu: fc.option(cpu, { nil: null, freq: 8 }),
  memory: fc.option(memory, { nil: null, freq: 8 }),
  waits: fc.option(
    fc.record({
      io: fc.integer({ min: 0, max: 50 }),
      tier: fc.integer({ min: 0, max: 50 }),
      other: fc.integer({ min: 0, max: 500 }),
    }),
    { nil: null },
  ),
  networkBytesPerSecond: fc.option(fc.integer({ min: 0, max: 1_000_000_000 }), { nil: null }),
  connections: fc.option(fc.integer({ min: 0, max: 5000 }), { nil: null }),
  activity: fc.option(activity, { nil: null, freq: 8 }),
  grant: fc.record({ shareAcu: fc.double({ min: 0, max: 64, noNaN: true }), contended: fc.boolean() }),
});
const config = fc
  .record({
    min: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 20 })),
    more: fc.integer({ min: 1, max: 60 }),
    autoPauseMs: fc.option(fc.integer({ min: 1000, max: 20_000 }), { nil: null, freq: 8 }),
  })
  .map(({ min, more, autoPauseMs }) => ({
    ...CONFIG,
    minAcu: min / 2,
    maxAcu: (min + more) / 2,
    autoPauseMs,
  }));
/** What becomes of a pause that is asked for. */
const fate = fc.record({
  kind: fc.constantFrom<WakeKind | 'cancelled' | 'used'>(
    'client',
    'disconnect',
    'request',
    'cancelled',
    'used',
  ),
  afterMs: fc.integer({ min: 0, max: 60_000 }),
});
const run = fc.record({
  config,
  looks: fc.array(seen, { minLength: 1, maxLength: 60 }),
  fates: fc.array(fate, { minLength: 60, maxLength: 60 }),
});
type Run = typeof run extends fc.Arbitrary<infer T> ? T : never;

/** Plays the looks one after the other and hands each step to `check`; what was paused is awake before the next look. */
function play(
  { config: bounds, looks, fates }: Run,
  check: (outcome: Outcome, look: Observation, before: CapacityState, now: number) => void,
): void {
  let state = startCapacity(bounds, bounds.minAcu, 0);
  let now = 0;
  for (const [index, look] of looks.entries()) {
    now += look.durationMs;
    const outcome = decide(state, look, now);
    check(outcome, look, state, now);
    state = outcome.state;
    const { kind, afterMs } = fates[index]!;
    if (!isPause(outcome)) continue;
    if (kind === 'cancelled' || kind === 'used') state = pauseCancelled(state, now, kind === 'used');
    else state = resume(state, kind, (now += afterMs));
  }
}

const isPause = ({ decision }: Outcome): boolean => decision.pause?.kind === 'due';

describe('whatever is seen', () => {
  it('I1: capacity is within minimum and maximum, on the grid', () => {
    fc.assert(
      fc.property(run, (one) =>
        play(one, (outcome) => {
          const { decision, state } = outcome;
          expect(isOnGrid(state.capacityAcu)).toBe(true);
          expect(state.capacityAcu).toBeGreaterThanOrEqual(awakeMinimum(one.config.minAcu));
          expect(state.capacityAcu).toBeLessThanOrEqual(one.config.maxAcu);
          // It keeps what it has until it is really paused.
          const { fromAcu, toAcu } = decision;
          const expected = isPause(outcome) ? [0, fromAcu] : [state.capacityAcu, toAcu];
          expect([toAcu, state.capacityAcu]).toEqual(expected);
        }),
      ),
    );
  });

  it('I2: nothing is lowered by a fast look, or without knowing CPU and memory', () => {
    fc.assert(
      fc.property(run, (one) =>
        play(one, ({ state, decision }, look) => {
          const isBlind = look.kind === 'fast' || look.memory === null;
          const isLowered = state.capacityAcu < decision.fromAcu;
          expect(isBlind && isLowered).toBe(false);
          // Without CPU only the host may take something back.
          const isFree = look.grant.shareAcu >= decision.fromAcu;
          expect(look.cpu === null && isFree && isLowered).toBe(false);
        }),
      ),
    );
  });

  it('I3: waits for locks, clients and time-outs change nothing', () => {
    fc.assert(
      fc.property(run, fc.integer({ min: 0, max: 1000 }), (one, more) => {
        const decisions: unknown[] = [];
        play(one, ({ decision }) => decisions.push(decision));
        const looks = one.looks.map((look) =>
          look.waits === null ? look : { ...look, waits: { ...look.waits, other: more } },
        );
        const others: unknown[] = [];
        play({ ...one, looks }, ({ decision }) => others.push(decision));
        expect(others).toEqual(decisions);
      }),
    );
  });

  it('I4: CPU demand above capacity raises in the very next full decision as far as it may', () => {
    fc.assert(
      fc.property(run, (one) =>
        play(one, (outcome, look) => {
          const { decision } = outcome;
          const demand = decision.parts.cpu;
          if (demand === null || look.grant.contended || isPause(outcome)) return;
          const most = Math.min(
            one.config.maxAcu,
            Math.max(awakeMinimum(one.config.minAcu), Math.floor(look.grant.shareAcu * 2) / 2),
          );
          expect(decision.toAcu).toBeGreaterThanOrEqual(Math.min(roundUpToGrid(demand), most));
        }),
      ),
    );
  });

  it('I7: it never goes down to less than cannot be evicted', () => {
    fc.assert(
      fc.property(run, (one) =>
        play(one, ({ state, decision }, look) => {
          if (state.capacityAcu >= decision.fromAcu || look.memory === null) return;
          const floor = roundUpToGrid(unevictableToAcu(look.memory.unevictableBytes, one.config.shape));
          expect(state.capacityAcu).toBeGreaterThanOrEqual(Math.min(floor, decision.fromAcu));
        }),
      ),
    );
  });

  it('I8: there is one action at most, and it is what the decision says', () => {
    fc.assert(
      fc.property(run, (one) =>
        play(one, (outcome) => {
          const { fromAcu, toAcu } = outcome.decision;
          const change = toAcu === fromAcu ? [] : [{ kind: 'set-capacity', acu: toAcu }];
          expect(outcome.actions).toEqual(isPause(outcome) ? [{ kind: 'pause' }] : change);
        }),
      ),
    );
  });

  it('I9: the same states and looks decide the same, also after a round through JSON', () => {
    fc.assert(
      fc.property(run, (one) =>
        play(one, (outcome, look, before, now) => {
          const stored = JSON.parse(JSON.stringify(before)) as CapacityState;
          expect(decide(stored, look, now)).toEqual(outcome);
        }),
      ),
    );
  });

  it('I10: every decision says what each resource asked for, which binds, and what holds it', () => {
    fc.assert(
      fc.property(run, (one) =>
        play(one, ({ decision }, _look, _before, now) => {
          const known = Object.values(decision.parts).filter((part) => part !== null);
          expect(decision.demandAcu).toBe(known.length === 0 ? null : Math.max(...known));
          const bound = decision.binding === null ? null : decision.parts[decision.binding];
          expect(bound).toBe(decision.demandAcu);
          const isAbove = decision.toAcu > awakeMinimum(one.config.minAcu);
          expect(isAbove && decision.hold.kind === 'minimum').toBe(false);
          expect(decision.hold.untilMs === null || Number.isFinite(decision.hold.untilMs - now)).toBe(true);
        }),
      ),
    );
  });

  it('I13: it is paused only where a full look saw nobody, nothing in the way, and enough quiet before', () => {
    let pauses = 0;
    fc.assert(
      fc.property(run, (one) => {
        const { minAcu, autoPauseMs } = one.config;
        let usedAtMs = 0;
        let askedAtMs = Number.NEGATIVE_INFINITY;
        play(one, (outcome, look, _before, now) => {
          if (look.kind === 'full' && look.activity?.isActive === true) usedAtMs = now;
          if (!isPause(outcome)) return;
          pauses++;
          expect([look.kind, minAcu, look.activity]).toEqual([
            'full',
            0,
            { isActive: false, by: null, blockers: [] },
          ]);
          expect(now - usedAtMs).toBeGreaterThanOrEqual(autoPauseMs ?? Number.POSITIVE_INFINITY);
          expect(now - askedAtMs).toBeGreaterThanOrEqual(Math.min(RETRY_MS, autoPauseMs ?? 0));
          askedAtMs = now;
        });
      }),
    );
    expect(pauses).toBeGreaterThan(0);
  });

  it('I13: every full look of a database that may be paused says how it stands, and no other look does', () => {
    fc.assert(
      fc.property(run, (one) => {
        const isPausable = one.config.minAcu === 0 && one.config.autoPauseMs !== null;
        play(one, ({ decision }, look) => {
          expect(decision.pause !== null).toBe(look.kind === 'full' && isPausable);
          const isUnknown = decision.pause?.kind === 'unknown';
          expect(isUnknown).toBe(decision.pause !== null && look.activity === null);
        });
      }),
    );
  });

  it('I14: after a wake it has what is likely to be needed, and no less than could not be evicted', () => {
    fc.assert(
      fc.property(run, (one) => {
        let unevictableAcu: number | null = null;
        play(one, ({ state }, look, before, now) => {
          const { boost } = before.pause;
          const most = Math.min(
            one.config.maxAcu,
            Math.max(awakeMinimum(one.config.minAcu), Math.floor(look.grant.shareAcu * 2) / 2),
          );
          const heldAcu = boost !== null && now < boost.untilMs ? boost.acu : 0;
          expect(state.capacityAcu).toBeGreaterThanOrEqual(Math.min(heldAcu, most, before.capacityAcu));
          if (look.kind === 'fast') return;
          unevictableAcu =
            look.memory === null ? null : unevictableToAcu(look.memory.unevictableBytes, one.config.shape);
          if (unevictableAcu === null) return;
          for (const kind of ['client', 'disconnect', 'request'] as const) {
            const woken = resume(state, kind, now);
            const needed = Math.min(roundUpToGrid(unevictableAcu), one.config.maxAcu);
            expect(woken.capacityAcu).toBeGreaterThanOrEqual(needed);
            // Whoever wakes it again and again for nothing gets nothing beforehand.
            const isBoosted = kind === 'client' && state.pause.idleWakes < IDLE_WAKES;
            const likely = isBoosted ? Math.min(2, one.config.maxAcu) : 0;
            expect(woken.capacityAcu).toBeGreaterThanOrEqual(likely);
            const boosted = { acu: woken.capacityAcu, untilMs: now + BOOST_MS };
            expect(woken.pause.boost).toEqual(isBoosted ? boosted : null);
          }
        });
      }),
    );
  });
});
