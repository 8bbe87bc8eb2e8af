import { describe, expect, it } from 'vitest';
import { choosePlace, defaultLimitBytes, overrunBytes } from './temp-rules.ts';
import type { PlaceVerdict, TempSight } from './temp-rules.ts';

const GIB = 1024 ** 3;
const LOCAL: PlaceVerdict = { place: 'local', cause: null, reason: null };
const FULL: PlaceVerdict = { place: 'data', cause: 'full', reason: 'It is full.' };

function sight(change: Partial<TempSight>): TempSight {
  const room = { freeBytes: 50 * GIB, totalBytes: 100 * GIB };
  return { lost: null, failing: null, usedBytes: 0, room, ...change };
}

function withFree(freeGib: number): Partial<TempSight> {
  return { room: { freeBytes: freeGib * GIB, totalBytes: 100 * GIB } };
}

describe('the default limit', () => {
  it('is twice the memory, and at most 90 % of what is free', () => {
    expect(defaultLimitBytes(4 * GIB, 100 * GIB)).toBe(8 * GIB);
    expect(defaultLimitBytes(4 * GIB, 2 * GIB)).toBe(Math.floor(1.8 * GIB));
    expect(defaultLimitBytes(4 * GIB, 0)).toBeGreaterThan(0);
  });
});

describe('the place of new temporary objects', () => {
  it('is local storage while all is well, or nothing is known of its use', () => {
    expect(choosePlace(sight({}), GIB, LOCAL)).toEqual(LOCAL);
    expect(choosePlace(sight({ usedBytes: null, room: null }), GIB, LOCAL)).toEqual(LOCAL);
  });

  it('is where the data is when local storage is lost or fails', () => {
    expect(choosePlace(sight({ lost: 'it is gone' }), GIB, LOCAL)).toMatchObject({
      place: 'data',
      cause: 'lost',
      reason: 'it is gone.',
    });
    expect(choosePlace(sight({ failing: 'It fails.' }), GIB, LOCAL)).toMatchObject({ cause: 'failing' });
  });

  it('goes to the data above the limit and comes back below 80 % of it', () => {
    expect(choosePlace(sight({ usedBytes: GIB }), GIB, LOCAL).place).toBe('local');
    expect(choosePlace(sight({ usedBytes: GIB + 1 }), GIB, LOCAL)).toMatchObject({ cause: 'full' });
    expect(choosePlace(sight({ usedBytes: 0.81 * GIB }), GIB, FULL).place).toBe('data');
    expect(choosePlace(sight({ usedBytes: 0.79 * GIB }), GIB, FULL).place).toBe('local');
  });

  it('goes to the data where the disk has little left, and comes back when it has room again', () => {
    expect(choosePlace(sight(withFree(4.9)), GIB, LOCAL)).toMatchObject({ cause: 'full' });
    expect(choosePlace(sight(withFree(6)), GIB, LOCAL).place).toBe('local');
    expect(choosePlace(sight(withFree(6)), GIB, FULL).place).toBe('data');
    expect(choosePlace(sight(withFree(11)), GIB, FULL).place).toBe('local');
  });
});

describe('an overrun', () => {
  it('is a tenth above the limit, or a full disk that is full of ours', () => {
    expect(overrunBytes(sight({ usedBytes: 1.09 * GIB }), GIB)).toBe(0);
    expect(overrunBytes(sight({ usedBytes: 1.5 * GIB }), GIB)).toBe(0.5 * GIB);
    expect(overrunBytes(sight({ usedBytes: 2 * GIB, ...withFree(4) }), 10 * GIB)).toBe(GIB);
    expect(overrunBytes(sight({ usedBytes: 0.5 * GIB, ...withFree(4) }), 10 * GIB)).toBe(0);
    expect(overrunBytes(sight({ usedBytes: 2 * GIB }), 10 * GIB)).toBe(0);
    expect(overrunBytes(sight({ usedBytes: null }), 1)).toBe(0);
  });
});
