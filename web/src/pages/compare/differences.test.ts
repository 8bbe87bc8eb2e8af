import { describe, expect, it } from 'vitest';
import { OTHER } from '../../../../src/history/history.ts';
import { differencesOf, type Side } from './differences.ts';

const side = (loads: Readonly<Record<string, number>>, more: Partial<Side> = {}): Side => ({
  aas: Object.values(loads).reduce((sum, aas) => sum + aas, 0),
  rows: Object.entries(loads).map(([key, aas]) => ({ key, label: `label of ${key}`, aas })),
  isCutOff: false,
  ...more,
});

/** A small generator of its own, so that a failure can be seen again. */
function randoms(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

describe('differences of two windows', () => {
  it('lists what changed, the largest first, and marks new and gone ones', () => {
    const found = differencesOf(
      side({ lock: 0.1, io: 2, cpu: 1, idle: 0.5 }),
      side({ lock: 3, cpu: 1.002, net: 0.2, idle: 0.2 }),
    );
    expect(found.map(({ key, change }) => [key, change])).toEqual([
      ['lock', 'more'],
      ['io', 'gone'],
      ['idle', 'less'],
      ['net', 'new'],
      ['cpu', 'same'],
    ]);
    expect(found[0]).toMatchObject({ label: 'label of lock', before: 0.1, after: 3 });
    expect(found[1]).toMatchObject({ before: 2, after: 0, difference: -2 });
  });

  it('does not call new what the other list may have left out', () => {
    const found = differencesOf(side({ a: 2 }, { aas: 2.5, isCutOff: true }), side({ a: 2, b: 0.3 }));
    expect(found.find(({ key }) => key === 'b')).toMatchObject({ before: null, after: 0.3, change: 'more' });
    expect(found.find(({ key }) => key === OTHER)).toMatchObject({ before: 0.5, after: 0, change: 'gone' });
  });

  it('adds up to the difference of the totals, cut off or not', () => {
    for (let seed = 1; seed <= 200; seed++) {
      const random = randoms(seed);
      const make = (): Side => {
        const keys = ['a', 'b', 'c', 'd', 'e', 'f'].filter(() => random() < 0.6);
        const whole = side(Object.fromEntries(keys.map((key) => [key, random() * 4])));
        const isCutOff = random() < 0.5;
        return isCutOff ? { ...whole, rows: whole.rows.slice(0, 2), isCutOff } : whole;
      };
      const [before, after] = [make(), make()];
      const found = differencesOf(before, after);
      const sum = found.reduce((total, { difference }) => total + difference, 0);
      expect(sum).toBeCloseTo(after.aas - before.aas, 9);
      const isWhole = !before.isCutOff && !after.isCutOff;
      expect(isWhole && found.some(({ key }) => key === OTHER)).toBe(false);
    }
  });
});
