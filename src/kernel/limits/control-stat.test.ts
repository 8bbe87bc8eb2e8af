import { describe, expect, it } from 'vitest';
import { parsePids, stalledUs, statNumber } from './control-stat.ts';

describe('a value of a keyed file', () => {
  const text = 'anon 4096\nfile 81920\nfile_dirty 7\nshmem 0\n';

  it('is found by its whole key', () => {
    expect(statNumber(text, 'anon')).toBe(4096);
    expect(statNumber(text, 'file')).toBe(81920);
    expect(statNumber(text, 'file_dirty')).toBe(7);
    expect(statNumber(text, 'shmem')).toBe(0);
  });

  it('is null where the key is missing or only a part of one', () => {
    expect(statNumber(text, 'dirty')).toBeNull();
    expect(statNumber(text, 'swap')).toBeNull();
    expect(statNumber('', 'anon')).toBeNull();
    expect(statNumber('anon max\n', 'anon')).toBeNull();
  });
});

it('the time of stalls is that of some process', () => {
  const text =
    'some avg10=0.00 avg60=0.00 avg300=0.00 total=1234\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=5\n';
  expect(stalledUs(text)).toBe(1234);
  expect(stalledUs('')).toBeNull();
  expect(stalledUs(null)).toBeNull();
});

it('a list of processes may be empty', () => {
  expect(parsePids('')).toEqual([]);
  expect(parsePids('7\n4242\n')).toEqual([7, 4242]);
});
