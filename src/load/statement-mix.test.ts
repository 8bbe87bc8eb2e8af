import { describe, expect, it } from 'vitest';
import { StatementMix } from './statement-mix.ts';

describe('StatementMix', () => {
  it('spreads in proportion to how often a session was seen working on a statement', () => {
    const mix = new StatementMix();
    for (const sqlId of ['update', 'update', 'update', 'select', 'commit', 'update'])
      mix.vote('s', 'p', sqlId, 0);
    const shares = mix.shares('s', 'p', 'commit', 0);
    expect(shares.get('update')).toBeCloseTo(4 / 6);
    expect(shares.get('commit')).toBeCloseTo(1 / 6);
  });

  it('lets a session that was never seen working borrow the votes of its peers, not its last statement', () => {
    const mix = new StatementMix();
    for (let i = 0; i < 10; i++) mix.vote(`other${i}`, 'p', i < 9 ? 'update' : 'commit', 0);
    const shares = mix.shares('s', 'p', 'commit', 0);
    expect(shares.get('update')).toBeCloseTo(0.9);
  });

  it('judges a session with votes of its own by those', () => {
    const mix = new StatementMix();
    for (let i = 0; i < 100; i++) mix.vote('noisy', 'p', 'report', 0);
    for (let i = 0; i < 5; i++) mix.vote('quiet', 'p', 'lookup', 0);
    expect(mix.shares('quiet', 'p', 'lookup', 0)).toEqual(new Map([['lookup', 1]]));
  });

  it('falls back on the last statement where nobody was seen working', () => {
    expect(new StatementMix().shares('s', 'p', 'x', 0)).toEqual(new Map([['x', 1]]));
  });

  it('forgets old habits', () => {
    const mix = new StatementMix(1_000);
    for (let i = 0; i < 8; i++) mix.vote('s', 'p', 'old', 0);
    for (let i = 0; i < 8; i++) mix.vote('s', 'p', 'new', 10_000);
    expect(mix.shares('s', 'p', 'new', 10_000).get('new')).toBeGreaterThan(0.99);
  });
});
