import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { airglowPolicy } from './decide.ts';
import { CONFIG, GIB, observation } from './decide-fixture.ts';
import type { CapacityPolicy, CapacityState, Observation, Outcome } from './model.ts';
import { recordState, recordStep, replay } from './recording.ts';

/** A run of the policy over what was seen, a second apart. */
function record(policy: CapacityPolicy, seen: readonly Observation[], begin?: CapacityState): string {
  let state = begin ?? policy.start(CONFIG, 2, 0);
  const lines = [recordState(policy.name, state)];
  for (const [index, look] of seen.entries()) {
    const now = (index + 1) * 1000 + index / 7;
    const outcome = policy.decide(state, look, now);
    lines.push(recordStep(look, now, outcome));
    state = outcome.state;
  }
  return lines.map((line) => `${line}\n`).join('');
}

const busy = (used: number): Observation => observation('full', { cpu: { used } }, GIB);
const RISING = Array.from({ length: 40 }, (_, second) => busy(second < 20 ? second / 10 : 0));

/** Airglow's policy, with every decision changed in a way. */
function changed(change: (outcome: Outcome, now: number) => Outcome): CapacityPolicy {
  return {
    ...airglowPolicy,
    decide: (state, seen, now) => change(airglowPolicy.decide(state, seen, now), now),
  };
}

describe('a recording', () => {
  it('is decided in the same way again, whatever was seen', () => {
    const bytes = fc.integer({ min: 0, max: 64 * GIB });
    const share = fc.double({ min: 0, max: 8, noNaN: true });
    const look = fc
      .record({
        kind: fc.constantFrom('fast' as const, 'full' as const),
        cpu: fc.option(fc.record({ used: share, throttled: fc.option(share), waiting: share })),
        memory: fc.option(
          fc.record({ unevictableBytes: bytes, cacheBytes: bytes, refaultBytesPerSecond: bytes }),
        ),
        waits: fc.option(fc.record({ io: share, tier: share, other: share })),
        network: fc.option(bytes),
        connections: fc.option(fc.nat(1000)),
      })
      .map(({ kind, ...seen }) => observation(kind, seen, 4 * GIB));
    fc.assert(
      fc.property(fc.array(look, { maxLength: 60 }), (seen) => {
        const answer = replay(record(airglowPolicy, seen), airglowPolicy);
        expect(answer).toEqual({ steps: seen.length, differing: 0, firstDifference: null, isCutOff: false });
      }),
    );
  });

  it('goes on from a state that was changed by somebody else', () => {
    const lowered = { ...airglowPolicy.start({ ...CONFIG, maxAcu: 1 }, 1, 50_000), capacityAcu: 1 };
    const text = record(airglowPolicy, RISING) + record(airglowPolicy, RISING, lowered);
    expect(replay(text, airglowPolicy)).toMatchObject({ steps: 80, differing: 0 });
    // Without saying so it is another run.
    const silent = text
      .split('\n')
      .filter((line, index) => index === 0 || !line.startsWith('{"kind":"state"'))
      .join('\n');
    expect(replay(silent, airglowPolicy).differing).toBeGreaterThan(0);
  });

  it('keeps numbers that JSON does not have', () => {
    const [look = busy(1)] = RISING;
    const outcome = airglowPolicy.decide(airglowPolicy.start(CONFIG, 2, 0), look, 1000);
    const strange = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN];
    for (const demandAcu of strange) {
      const same = { ...outcome, decision: { ...outcome.decision, demandAcu } };
      const policy: CapacityPolicy = { ...airglowPolicy, decide: () => same };
      const text = record(policy, [look]);
      expect(replay(text, policy).differing).toBe(0);
      const answer = replay(text, airglowPolicy);
      expect(answer.firstDifference).toMatchObject({ path: 'decision.demandAcu', recorded: demandAcu });
    }
  });
});

describe('another policy', () => {
  const text = record(airglowPolicy, RISING);

  it('is told by the first decision that differs', () => {
    const other = changed((outcome, now) =>
      now > 5000 ? { ...outcome, decision: { ...outcome.decision, hostSaturated: true } } : outcome,
    );
    expect(replay(text, other)).toEqual({
      steps: 40,
      differing: 36,
      firstDifference: {
        line: 6,
        now: 5000 + 4 / 7,
        path: 'decision.hostSaturated',
        recorded: false,
        replayed: true,
      },
      isCutOff: false,
    });
  });

  it('is told by what it asks to be done, too', () => {
    const other = changed((outcome) => ({ ...outcome, actions: [{ kind: 'set-capacity', acu: 7.5 }] }));
    expect(replay(text, other).firstDifference?.path).toMatch(/^actions/);
    const idle = changed((outcome) => ({ ...outcome, actions: [] }));
    expect(replay(text, idle).firstDifference).toMatchObject({
      path: expect.stringMatching(/^actions\.0/) as string,
      replayed: undefined,
    });
  });
});

describe('a damaged recording', () => {
  const text = record(airglowPolicy, RISING);

  it('is replayed up to where its recorder was killed', () => {
    expect(replay(text.slice(0, -20), airglowPolicy)).toMatchObject({
      steps: 39,
      differing: 0,
      isCutOff: true,
    });
    expect(replay('', airglowPolicy)).toMatchObject({ steps: 0, isCutOff: false });
  });

  it.for([
    { what: 'text', line: 'hello', says: /Line 2 .* no JSON/ },
    { what: 'null', line: 'null', says: /Line 2 .* neither/ },
    { what: 'another thing', line: '{"kind":"step"}', says: /Line 2 .* neither/ },
    { what: 'another format', line: '{"kind":"state","format":2,"state":{}}', says: /Line 2 .* of format 2/ },
  ])('is refused with the line where that is $what', ({ line, says }) => {
    const lines = text.split('\n');
    lines[1] = line;
    expect(() => replay(lines.join('\n'), airglowPolicy)).toThrow(says);
  });

  it('is refused where no state comes first', () => {
    const headless = text.slice(text.indexOf('\n') + 1);
    expect(() => replay(headless, airglowPolicy)).toThrow(/Line 1 .* a decision before any state/);
  });
});
