import { describe, expect, it } from 'vitest';
import { SECONDS_UNTIL_PAUSE } from './parameters.ts';
import { DAY, LOCK_PILE_UP, MORNING, NIGHT, sceneAt, startOf, STORY } from './story.ts';

const ROUND_MS = STORY.reduce((sum, phase) => sum + phase.durationMs, 0);

describe('story', () => {
  it('begins with the first phase', () => {
    expect(sceneAt(0)).toMatchObject({
      phase: STORY[0],
      index: 0,
      round: 0,
      cast: STORY[0]?.acts[0],
      remainingMs: STORY[0]?.durationMs,
    });
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

  it('gives every act of a phase an equal share of it', () => {
    const acts = [{ readsPerSecond: 1 }, { readsPerSecond: 2 }, { readsPerSecond: 3 }];
    const story = [{ name: 'Steps', sentence: 'Look.', durationMs: 900, acts }];
    expect([0, 299, 300, 899].map((ms) => sceneAt(ms, story).cast.readsPerSecond)).toEqual([1, 1, 2, 3]);
    expect(sceneAt(250, story)).toMatchObject({ remainingMs: 650, actRemainingMs: 50 });
    expect(sceneAt(1_000, story)).toMatchObject({ round: 1, cast: acts[0], actRemainingMs: 200 });
  });

  it('always moves on', () => {
    for (let elapsedMs = 0; elapsedMs < 2 * ROUND_MS; elapsedMs += 333) {
      const { actRemainingMs, remainingMs } = sceneAt(elapsedMs);
      expect(actRemainingMs).toBeGreaterThan(0);
      expect(actRemainingMs).toBeLessThanOrEqual(remainingMs);
    }
  });

  it('can begin with any phase', () => {
    for (const [index, { name }] of STORY.entries()) {
      expect(sceneAt(startOf(name))).toMatchObject({
        index,
        round: 0,
        remainingMs: STORY[index]?.durationMs,
      });
    }
    expect(startOf('no such phase')).toBe(0);
  });

  it('lasts some three minutes, and each phase has its own name and at most two sentences', () => {
    expect(ROUND_MS).toBeGreaterThanOrEqual(165_000);
    expect(ROUND_MS).toBeLessThanOrEqual(195_000);
    for (const phase of STORY) {
      expect(phase.sentence).toMatch(/^[A-Z].*\.$/);
      expect(phase.sentence.length).toBeLessThanOrEqual(125);
    }
    expect(new Set(STORY.map((phase) => phase.name)).size).toBe(STORY.length);
  });

  it('has a lock pile-up with next to no other load, so that nothing else could raise capacity', () => {
    const phase = STORY.find(({ name }) => name === LOCK_PILE_UP);
    expect(phase?.acts).toHaveLength(1);
    expect(Object.keys(phase?.acts[0] ?? {}).sort()).toEqual(['lockWaiters', 'readsPerSecond']);
    expect(phase?.acts[0]?.readsPerSecond).toBeLessThan(20);
  });

  it('always has somebody there by day, so that nothing falls asleep', () => {
    for (const act of DAY.flatMap(({ acts }) => acts)) expect(act.readsPerSecond).toBeGreaterThan(0);
  });

  it('has a night long enough to fall asleep in, and then one query', () => {
    const [night, morning] = STORY.slice(DAY.length);
    expect(night).toMatchObject({ name: NIGHT, acts: [{}] });
    expect(night?.durationMs).toBeGreaterThanOrEqual((SECONDS_UNTIL_PAUSE + 10) * 1000);
    expect(morning).toMatchObject({ name: MORNING, acts: [{ firstCustomers: 1 }] });
    // Or it would fall asleep again at once.
    expect(morning?.durationMs).toBeLessThan(SECONDS_UNTIL_PAUSE * 1000);
  });

  it('shows everything that the demo promises', () => {
    const actors = new Set(STORY.flatMap((phase) => phase.acts.flatMap((act) => Object.keys(act))));
    expect([...actors].sort()).toEqual([
      'firstCustomers',
      'imports',
      'lockWaiters',
      'readsPerSecond',
      'searchesPerSecond',
      'writesPerSecond',
    ]);
  });
});
