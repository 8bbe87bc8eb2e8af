import { describe, expect, it } from 'vitest';
import { differencesOf } from './differences.ts';
import { formatDifference, headlineOf, leadingOf } from './headline.ts';

const waits = (before: Readonly<Record<string, number>>, after: Readonly<Record<string, number>>) => {
  const side = (loads: Readonly<Record<string, number>>) => ({
    aas: Object.values(loads).reduce((sum, aas) => sum + aas, 0),
    rows: Object.entries(loads).map(([key, aas]) => ({ key, label: key, aas })),
    isCutOff: false,
  });
  return differencesOf(side(before), side(after));
};

describe('the headline of a comparison', () => {
  it('tells the growth, and what it is made of', () => {
    const found = waits({ CPU: 0.8 }, { CPU: 1.15, 'Lock:tuple': 1.4, 'IO:WalSync': 0.05 });
    expect(headlineOf(0.8, 2.6, found)).toEqual({
      direction: 'busy',
      title: 'Load 3.3×: 0.80 → 2.60 AAS',
      mostly: 'mostly Lock:tuple +1.40, CPU +0.35',
    });
  });

  it('tells a fall by what fell', () => {
    const found = waits({ CPU: 1, 'Lock:tuple': 9 }, { CPU: 2 });
    expect(headlineOf(10, 2, found)).toEqual({
      direction: 'fine',
      title: 'Load 0.2×: 10.0 → 2.00 AAS',
      mostly: 'mostly Lock:tuple −9.00',
    });
  });

  it('sees other waits under the same load', () => {
    const found = waits({ 'IO:DataFileRead': 1, CPU: 1 }, { 'Lock:tuple': 1, CPU: 1.05 });
    const { title, mostly } = headlineOf(2, 2.05, found);
    expect(title).toBe('Load about the same: 2.00 → 2.05 AAS');
    expect(mostly).toMatch(/^yet (Lock:tuple \+1.00, IO:DataFileRead −1.00)$/);
    expect(headlineOf(2, 2.05, []).mostly).toBe('');
  });

  it('gives no ratio to nothing, and takes what is not recorded for neither', () => {
    expect(headlineOf(0, 3, []).title).toBe('Load is new: 0 → 3.00 AAS');
    expect(headlineOf(3, 0, []).title).toBe('Load is gone: 3.00 → 0 AAS');
    expect(headlineOf(null, 3, []).title).toBe('Nothing is recorded of the earlier time');
    expect(headlineOf(0, null, []).title).toBe('Nothing is recorded of this time');
  });

  it('names the statement behind it, if one stands out', () => {
    const found = waits({ a: 1, b: 1, '': 0 }, { a: 3, b: 1.1, '': 4 });
    expect(leadingOf(found, 2, 8.1)?.key).toBe('a');
    expect(leadingOf(found, 2, 20)).toBeNull();
    expect(leadingOf(found, null, 8.1)).toBeNull();
    expect(leadingOf([], 2, 8)).toBeNull();
  });

  it('writes differences with their sign', () => {
    expect([1.4, -0.2, 0, 0.001].map(formatDifference)).toEqual(['+1.40', '−0.20', '0', '0']);
  });
});
