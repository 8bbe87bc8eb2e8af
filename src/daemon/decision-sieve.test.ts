import { expect, test } from 'vitest';
import { scriptedDecision } from '../../test/kit/scripted-fleet.ts';
import { DecisionSieve } from './decision-sieve.ts';

const START = Date.UTC(2026, 10, 22, 12);
const same = { fromAcu: 2.5, toAcu: 2.5 };

function passed(sieve: DecisionSieve, second: number, change: Parameters<typeof scriptedDecision>[1]) {
  return sieve.pass('shop', scriptedDecision(START + second * 1000, change)) !== null;
}

test('of decisions that say the same, one in ten seconds', () => {
  const sieve = new DecisionSieve();
  const seconds = Array.from({ length: 31 }, (_, second) => second);
  // What is asked for always differs a little.
  const kept = seconds.filter((second) => passed(sieve, second, { ...same, demandAcu: 2 + second / 100 }));
  expect(kept).toEqual([0, 10, 20, 30]);
});

test('every change, and every other reason', () => {
  const sieve = new DecisionSieve();
  expect(passed(sieve, 0, same)).toBe(true);
  expect(passed(sieve, 1, { fromAcu: 2.5, toAcu: 3 })).toBe(true);
  expect(passed(sieve, 2, { fromAcu: 3, toAcu: 2.5 })).toBe(true);
  expect(passed(sieve, 3, same)).toBe(false);
  expect(passed(sieve, 4, { ...same, binding: 'memory' })).toBe(true);
  expect(passed(sieve, 5, { ...same, hold: { kind: 'minimum', resource: null, untilMs: null } })).toBe(true);
  expect(passed(sieve, 6, { ...same, cap: 'host-share' })).toBe(true);
  expect(passed(sieve, 7, { ...same, hostSaturated: true })).toBe(true);
});

test('databases are told apart, one that is gone is forgotten, and a clock may be set back', () => {
  const sieve = new DecisionSieve();
  expect(passed(sieve, 0, same)).toBe(true);
  expect(sieve.pass('crm', scriptedDecision(START, same))).not.toBeNull();
  expect(passed(sieve, -3600, same)).toBe(true);
  expect(passed(sieve, -3599, same)).toBe(false);
  sieve.forget('shop');
  expect(passed(sieve, -3598, same)).toBe(true);
});

test('the record holds the reason, and no digits that mean nothing', () => {
  const parts = { cpu: 2.123_456_789, memory: null, network: 0, connections: 0.1 };
  const record = new DecisionSieve().pass('shop', scriptedDecision(START, { parts }));
  expect(record).toMatchObject({
    atMs: START,
    decision: {
      reason: expect.stringContaining('up from 0.5 to 2.5 ACU') as string,
      toAcu: 2.5,
      parts: { cpu: 2.1235, memory: null, network: 0, connections: 0.1 },
      hold: { kind: 'demand', untilMs: null },
    },
  });
});
