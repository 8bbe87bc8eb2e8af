import { expect, it } from 'vitest';
import { ShortLivedTally } from './short-lived.ts';

it('counts working processes and waiting connections by the time each look stands for', () => {
  const tally = new ShortLivedTally();
  for (let i = 0; i < 10; i++) {
    tally.add({
      durationMs: 100,
      workingPids: [1, 2, 3],
      pendingConnections: 2,
      closingConnections: 1,
      isForking: false,
    });
  }
  expect(tally.take(new Set(), 400)).toEqual({ runningMs: 400, waitingMs: 3600 });
});

it('drops what the kernel account covers, and starts anew', () => {
  const tally = new ShortLivedTally();
  tally.add({
    durationMs: 100,
    workingPids: [1, 2],
    pendingConnections: 0,
    closingConnections: 0,
    isForking: false,
  });
  expect(tally.take(new Set([1]), 0)).toEqual({ runningMs: 0, waitingMs: 100 });
  expect(tally.take(new Set(), 50)).toEqual({ runningMs: 0, waitingMs: 0 });
});
