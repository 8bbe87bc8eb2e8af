import { expect, it } from 'vitest';
import { requestParts } from './request-times.ts';

const meanOf = (parts: ReturnType<typeof requestParts>): number =>
  parts.reduce((sum, { share, cpuSeconds }) => sum + share * cpuSeconds, 0);

it('requests that are all alike take the same', () => {
  expect(requestParts(0.005, 0)).toEqual([{ share: 1, cpuSeconds: 0.005 }]);
});

it.each([0.3, 0.5, 1])('others keep the mean, and differ as much as is said (%d)', (variation) => {
  const parts = requestParts(0.005, variation);
  expect(meanOf(parts)).toBeCloseTo(0.005, 12);
  const variance = parts.reduce((sum, { share, cpuSeconds }) => sum + share * (cpuSeconds - 0.005) ** 2, 0);
  // The rarest ones are cut to a mean of theirs.
  expect(Math.sqrt(variance) / 0.005 / variation).toBeGreaterThan(0.7);
  expect(Math.sqrt(variance) / 0.005 / variation).toBeLessThan(1.02);
  const times = parts.map(({ cpuSeconds }) => cpuSeconds);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
});
