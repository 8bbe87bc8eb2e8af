import { describe, expect, it } from 'vitest';
import { sceneAt, STORY } from './story.ts';

const ROUND_MS = STORY.reduce((sum, phase) => sum + phase.durationMs, 0);

describe('story', () => {
  it('begins with the first phase', () => {
    expect(sceneAt(0)).toEqual({ phase: STORY[0], index: 0, round: 0, remainingMs: STORY[0]?.durationMs });
  });

  it('changes phase exactly when one is over', () => {
    const firstMs = STORY[0]?.durationMs ?? 0;
    expect(sceneAt(firstMs - 1)).toMatchObject({ index: 0, remainingMs: 1 });
    expect(sceneAt(firstMs)).toMatchObject({ index: 1, remainingMs: STORY[1]?.durationMs });
  });

  it('starts over after the last phase', () => {
    expect(sceneAt(ROUND_MS - 1)).toMatchObject({ index: STORY.length - 1, round: 0, remainingMs: 1 });
    expect(sceneAt(ROUND_MS)).toMatchObject({ index: 0, round: 1 });
    expect(sceneAt(1000 * ROUND_MS + 1)).toMatchObject({ index: 0, round: 1000 });
  });

  it('lasts twenty to twenty-five seconds a phase, each with its own name and sentence', () => {
    for (const phase of STORY) {
      expect(phase.durationMs).toBeGreaterThanOrEqual(20_000);
      expect(phase.durationMs).toBeLessThanOrEqual(25_000);
      expect(phase.sentence).toMatch(/^[A-Z].*\.$/);
    }
    expect(new Set(STORY.map((phase) => phase.name)).size).toBe(STORY.length);
  });

  it('shows everything that the demo promises', () => {
    const actors = new Set(STORY.flatMap((phase) => Object.keys(phase.cast)));
    expect([...actors].sort()).toEqual([
      'forgottenTransactions',
      'lockWaiters',
      'readsPerSecond',
      'reports',
      'sorts',
      'writesPerSecond',
    ]);
  });
});
