import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isOnGrid, roundUpToGrid } from './acu.ts';
import { decide, startCapacity } from './decide.ts';
import { CONFIG, GIB } from './decide-fixture.ts';
import { unevictableToAcu } from './memory-demand.ts';
import type { CapacityState, Observation, Outcome } from './model.ts';

const cpu = fc.record({
  used: fc.double({ min: 0, max: 8, noNaN: true }),
  throttled: fc.option(fc.double({ min: 0, max: 4, noNaN: true }), { nil: null }),
  waiting: fc.double({ min: 0, max: 200, noNaN: true }),
});
const memory = fc.record({
  unevictableBytes: fc.integer({ min: 0, max: 24 * GIB }),
  cacheBytes: fc.integer({ min: 0, max: 24 * GIB }),
  limitBytes: fc.option(fc.integer({ min: GIB, max: 32 * GIB }), { nil: null }),
  refaultBytesPerSecond: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 500_000_000 })),
});
const seen: fc.Arbitrary<Observation> = fc.record({
  kind: fc.constantFrom('fast' as const, 'full' as const),
  durationMs: fc.integer({ min: 1, max: 3000 }),
  cpu: fc.option(cpu, { nil: null, freq: 8 }),
  memory: fc.option(memory, { nil: null, freq: 8 }),
  waits: fc.option(
    fc.record({ io: fc.integer({ min: 0, max: 50 }), other: fc.integer({ min: 0, max: 500 }) }),
    { nil: null },
  ),
  networkBytesPerSecond: fc.option(fc.integer({ min: 0, max: 1_000_000_000 }), { nil: null }),
  connections: fc.option(fc.integer({ min: 0, max: 5000 }), { nil: null }),
  grant: fc.record({ shareAcu: fc.double({ min: 0, max: 64, noNaN: true }), contended: fc.boolean() }),
});
const config = fc
  .record({ min: fc.integer({ min: 1, max: 20 }), more: fc.integer({ min: 0, max: 60 }) })
  .map(({ min, more }) => ({ ...CONFIG, minAcu: min / 2, maxAcu: (min + more) / 2 }));
const run = fc.record({ config, looks: fc.array(seen, { minLength: 1, maxLength: 60 }) });

/** Plays the looks one after the other and hands each step to `check`. */
function play(
  { config: bounds, looks }: { config: typeof CONFIG; looks: readonly Observation[] },
  check: (outcome: Outcome, look: Observation, before: CapacityState, now: number) => void,
): void {
  let state = startCapacity(bounds, bounds.minAcu, 0);
  let now = 0;
  for (const look of looks) {
    now += look.durationMs;
    const outcome = decide(state, look, now);
    check(outcome, look, state, now);
    state = outcome.state;
  }
}

describe('whatever is seen', () => {
  it('I1: capacity is within minimum and maximum, on the grid', () => {
    fc.assert(
      fc.property(run, (one) =>
        play(one, ({ decision, state }) => {
          expect(isOnGrid(decision.toAcu)).toBe(true);
          expect(decision.toAcu).toBeGreaterThanOrEqual(one.config.minAcu);
          expect(decision.toAcu).toBeLessThanOrEqual(one.config.maxAcu);
          expect(state.capacityAcu).toBe(decision.toAcu);
        }),
      ),
    );
  });

  it('I2: nothing is lowered by a fast look, or without knowing CPU and memory', () => {
    fc.assert(
      fc.property(run, (one) =>
        play(one, ({ decision }, look) => {
          const isBlind = look.kind === 'fast' || look.memory === null;
          const isLowered = decision.toAcu < decision.fromAcu;
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
        play(one, ({ decision }, look) => {
          const demand = decision.parts.cpu;
          if (demand === null || look.grant.contended) return;
          const most = Math.min(
            one.config.maxAcu,
            Math.max(one.config.minAcu, Math.floor(look.grant.shareAcu * 2) / 2),
          );
          expect(decision.toAcu).toBeGreaterThanOrEqual(Math.min(roundUpToGrid(demand), most));
        }),
      ),
    );
  });

  it('I7: it never goes down to less than cannot be evicted', () => {
    fc.assert(
      fc.property(run, (one) =>
        play(one, ({ decision }, look) => {
          if (decision.toAcu >= decision.fromAcu || look.memory === null) return;
          const floor = roundUpToGrid(unevictableToAcu(look.memory.unevictableBytes, one.config.shape));
          expect(decision.toAcu).toBeGreaterThanOrEqual(Math.min(floor, decision.fromAcu));
        }),
      ),
    );
  });

  it('I8: there is one action at most, and it is what the decision says', () => {
    fc.assert(
      fc.property(run, (one) =>
        play(one, ({ decision, actions }) => {
          const expected =
            decision.toAcu === decision.fromAcu ? [] : [{ kind: 'set-capacity', acu: decision.toAcu }];
          expect(actions).toEqual(expected);
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
          expect(decision.toAcu > one.config.minAcu && decision.hold.kind === 'minimum').toBe(false);
          expect(decision.hold.untilMs === null || Number.isFinite(decision.hold.untilMs - now)).toBe(true);
        }),
      ),
    );
  });
});
