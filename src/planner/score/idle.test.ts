import { describe, expect, it } from 'vitest';
import type { Trace } from '../model.ts';
import { idleStepsOf, longestIdleSteps } from './demand.ts';

const TRACE: Trace = {
  name: 'some',
  startMs: null,
  stepSeconds: 1,
  length: 7,
  cpuCores: Float32Array.from([0, 0.001, 0.5, 0, 0, 0, 0]),
  ioSessions: Float32Array.from([0, 0, 0, 0, 0, 0, 1]),
  lockSessions: Float32Array.from([1, 0, 0, 0, 0, 0, 0]),
  memoryBytes: null,
  networkBytesPerSecond: null,
  notes: [],
};

describe('idle steps', () => {
  it('are those in which hardly anything runs and nobody waits, for locks and storage either', () => {
    const idle = idleStepsOf(TRACE, { idleBelowCpus: 0.01 });
    expect([...idle]).toEqual([0, 1, 0, 1, 1, 1, 0]);
    expect(longestIdleSteps(idle)).toBe(3);
    expect(longestIdleSteps(new Uint8Array(0))).toBe(0);
  });
});
