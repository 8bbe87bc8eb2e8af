import { expect, it } from 'vitest';
import { newLines } from './follow-lines.ts';

it.each([
  { what: 'nothing new', before: ['a', 'b'], now: ['a', 'b'], fresh: [] },
  { what: 'lines that came', before: ['a', 'b'], now: ['a', 'b', 'c', 'd'], fresh: ['c', 'd'] },
  { what: 'a window that moved on', before: ['a', 'b', 'c'], now: ['b', 'c', 'd'], fresh: ['d'] },
  { what: 'the same line again', before: ['a', 'a'], now: ['a', 'a', 'a'], fresh: ['a'] },
  { what: 'a window smaller than before', before: ['a', 'b', 'c'], now: ['b', 'c', 'd'], fresh: ['d'] },
  { what: 'a larger look first', before: ['a', 'b', 'c', 'd'], now: ['c', 'd', 'e'], fresh: ['e'] },
  { what: 'the first lines', before: [], now: ['a'], fresh: ['a'] },
  { what: 'another file', before: ['a', 'b'], now: ['x', 'y'], fresh: ['x', 'y'] },
])('$what', ({ before, now, fresh }) => {
  expect(newLines(before, now)).toEqual(fresh);
});
