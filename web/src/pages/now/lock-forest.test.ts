import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lockForest, type LockNode, type Waiting } from './lock-forest.ts';

const waits = (pid: number, blockedByPid: number | null, waitMs: number | null = null): Waiting => ({
  pid,
  blockedByPid,
  waitMs,
});
const pidsOf = (node: LockNode<Waiting>): number[] => [node.pid, ...node.waiting.flatMap(pidsOf)];

describe('lock trees', () => {
  it('have whoever waits for nobody at the root, and the longest wait first', () => {
    const [tree, ...others] = lockForest([
      waits(1, null),
      waits(2, 1, 500),
      waits(3, 1, 900),
      waits(4, 3, 10),
      waits(9, null),
    ]);
    expect(others).toEqual([]);
    expect(tree).toMatchObject({ pid: 1, heldUp: 3, isCircle: false });
    expect(tree?.waiting.map(({ pid, heldUp }) => [pid, heldUp])).toEqual([
      [3, 1],
      [2, 0],
    ]);
  });

  it('begin with those who hold up most', () => {
    const trees = lockForest([waits(1, null), waits(2, null), waits(3, 1), waits(4, 2), waits(5, 2)]);
    expect(trees.map(({ pid }) => pid)).toEqual([2, 1]);
  });

  it('name a blocker that is not among the sessions, and a prepared transaction', () => {
    expect(lockForest([waits(2, 77), waits(3, 0)])).toMatchObject([
      { pid: 0, session: null, heldUp: 1 },
      { pid: 77, session: null, heldUp: 1 },
    ]);
  });

  it('tell a circle, with those behind it, from its lowest pid', () => {
    const trees = lockForest([waits(8, 5), waits(5, 6), waits(6, 5), waits(7, 7)]);
    expect(trees.map(({ pid, isCircle, heldUp }) => [pid, isCircle, heldUp])).toEqual([
      [5, true, 2],
      [7, true, 0],
    ]);
  });

  it('hold every session that waits or blocks once, whoever waits for whom', () => {
    const forest = fc.uniqueArray(
      fc.record({
        pid: fc.integer({ min: 1, max: 30 }),
        blockedByPid: fc.option(fc.integer({ min: 0, max: 34 })),
        waitMs: fc.option(fc.nat(1000)),
      }),
      { selector: ({ pid }) => pid, maxLength: 30 },
    );
    fc.assert(
      fc.property(forest, (sessions) => {
        const expected = new Set(
          sessions.flatMap(({ pid, blockedByPid }) => (blockedByPid === null ? [] : [pid, blockedByPid])),
        );
        const trees = lockForest(sessions);
        const told = trees.flatMap(pidsOf);
        expect(told.toSorted((a, b) => a - b)).toEqual([...expected].toSorted((a, b) => a - b));
        for (const tree of trees) expect(tree.heldUp).toBe(pidsOf(tree).length - 1);
      }),
    );
  });
});
