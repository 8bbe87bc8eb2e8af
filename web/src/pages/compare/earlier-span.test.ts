import { expect, it } from 'vitest';
import { earlierSpan, overlaps } from './earlier-span.ts';

it('finds the window to compare with, of the same length', () => {
  const span = { fromMs: 10 * 3_600_000, toMs: 12 * 3_600_000 };
  expect(earlierSpan(span, 'before')).toEqual({ fromMs: 8 * 3_600_000, toMs: span.fromMs });
  expect(earlierSpan(span, '1d').toMs).toBe(-12 * 3_600_000);
  expect(overlaps(earlierSpan(span, 'before'), span)).toBe(false);
  expect(overlaps(earlierSpan(span, '1h'), span)).toBe(true);
});
