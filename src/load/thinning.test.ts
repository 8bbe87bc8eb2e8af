import { expect, it } from 'vitest';
import { nextThinning } from './thinning.ts';

it('looks at fewer sessions when a tick takes more than half of its interval', () => {
  expect(nextThinning(1, 600, 1000)).toBe(2);
  expect(nextThinning(64, 900, 1000)).toBe(64);
});

it('goes back once ticks are cheap, and stays in between', () => {
  expect(nextThinning(4, 50, 1000)).toBe(2);
  expect(nextThinning(4, 300, 1000)).toBe(4);
  expect(nextThinning(1, 1, 1000)).toBe(1);
});
