import { expect, it } from 'vitest';
import { ShortPeriods } from './short-periods.ts';

function periodsOf(shortfall: readonly number[]): ReturnType<ShortPeriods['finish']> {
  const periods = new ShortPeriods();
  shortfall.forEach((shortfallAcuSeconds, index) => {
    periods.second({
      index,
      shortfallAcuSeconds,
      demandAcu: 0,
      capacityAcu: 0,
      endCapacityAcu: 0,
      cpuUsed: 0,
      running: 0,
      waiting: 0,
      ioSessions: 0,
      tierSessions: 0,
      lockSessions: 0,
      backlogCpuSeconds: 0,
      isPaused: false,
      coldStartSeconds: 0,
    });
  });
  return periods.finish();
}

const quiet = (seconds: number): number[] => Array(seconds).fill(0) as number[];

it('tells when it was short, for how long and by how much', () => {
  expect(periodsOf([0, 1, 3, 0, 2, ...quiet(100), 5])).toEqual([
    { fromSecond: 1, seconds: 4, shortfallAcuSeconds: 6, mostShortAcu: 3 },
    { fromSecond: 105, seconds: 1, shortfallAcuSeconds: 5, mostShortAcu: 5 },
  ]);
  expect(periodsOf(quiet(10))).toEqual([]);
});

it('keeps the worst five, in the order in which they came', () => {
  const load = [4, 9, 1, 7, 3, 8, 2].flatMap((acu) => [acu, ...quiet(70)]);
  expect(periodsOf(load).map(({ mostShortAcu }) => mostShortAcu)).toEqual([4, 9, 7, 3, 8]);
});
