import { expect, it } from 'vitest';
import { eventFacts } from './event-facts.ts';

it('tells what an event carries in words and with units', () => {
  const data = {
    cause: 'bytes',
    tookMs: 1.24,
    pausedMs: 15_850,
    wokenAtMs: Date.parse('2026-11-22T10:00:00Z'),
    memoryBytes: 2 ** 31,
    fromAcu: 0.5,
    connections: 29,
    isStandby: false,
    reason: null,
    rest: { a: [1] },
    untilMs: 'soon',
  };
  expect(eventFacts(data, 'UTC')).toEqual([
    { name: 'cause', value: 'bytes' },
    { name: 'took', value: '1.2 ms' },
    { name: 'paused', value: '15 s' },
    { name: 'woken', value: '2026-11-22 10:00:00' },
    { name: 'memory', value: '2 GiB' },
    { name: 'from', value: '0.5 ACU' },
    { name: 'connections', value: '29' },
    { name: 'is standby', value: 'no' },
    { name: 'reason', value: 'none' },
    { name: 'rest', value: '{"a":[1]}' },
    { name: 'until ms', value: 'soon' },
  ]);
});
