import { describe, expect, it } from 'vitest';
import { aCapacity } from './capacity-fixture.ts';
import { highestOf } from '../../charts/stack.ts';
import { linesAt, pausesUpTo } from './capacity-lines.ts';

const answer = aCapacity({
  atMs: [1000, 2000, 3000, 4000],
  acu: [1, null, 3, null],
  minAcu: [0.5, 0.5, 0.5, null],
  maxAcu: [8, 8, 8, null],
  demand: {
    cpu: [0.2, null, 2.5, null],
    memory: [0.9, null, 1, null],
    network: [0, null, 0, null],
    connections: [null, null, null, null],
  },
});

describe('lines of capacity', () => {
  it('stand at the periods of another chart, with the present in those that are newer', () => {
    const lines = linesAt([0, 1000, 2000, 3000, 4000, 5000], answer, 4);
    expect(lines.acu).toEqual([null, 1, null, 3, 4, 4]);
    expect(lines.maxAcu).toEqual([null, 8, 8, 8, 8, 8]);
    expect(lines.demand.cpu).toEqual([null, 0.2, null, 2.5, null, null]);
  });

  it('hold a limit where its record has a hole', () => {
    const holed = aCapacity({ atMs: [1, 2, 3], acu: [1, 1, null], maxAcu: [8, null, null] });
    expect(linesAt([1, 2, 3], holed, null).maxAcu).toEqual([8, 8, null]);
  });

  it('do not go on for ever', () => {
    expect(linesAt([3000, 60_000], answer, 4).acu).toEqual([3, null]);
  });

  it('know which resource asks for most', () => {
    expect(linesAt(answer.atMs, answer, null).binding).toEqual(['memory', null, 'cpu', null]);
  });

  it('show the present pause up to the present, once', () => {
    const past = { fromMs: 0, toMs: 10 };
    expect(pausesUpTo([past], null, 99)).toEqual([past]);
    expect(pausesUpTo([past, { fromMs: 50, toMs: 60 }], 50, 99)).toEqual([past, { fromMs: 50, toMs: 99 }]);
    expect(pausesUpTo([past], 100, 99)).toEqual([past]);
  });

  it('have a highest value', () => {
    expect(highestOf([1, null], [3, 2])).toBe(3);
    expect(highestOf([null])).toBe(0);
  });
});
