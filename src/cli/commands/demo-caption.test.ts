import { describe, expect, it } from 'vitest';
import type { ClusterDescription } from '../../daemon/fleet.ts';
import type { DemoPhase } from '../../demo/demo-load.ts';
import { MORNING, NIGHT, STORY } from '../../demo/story.ts';
import { CLUSTER } from '../top/capacity-fixture.ts';
import { captionOf } from './demo-caption.ts';

const NOW = 1_000_000;
const ANSWER = { askedAtMs: NOW, tookMs: 4.81 };

function phaseOf(name: string): DemoPhase {
  const sentence = STORY.find((phase) => phase.name === name)?.sentence ?? '';
  return { name, sentence, number: 1, count: STORY.length, remainingMs: 1_000 };
}

function cluster(status: ClusterDescription['status'], pause: Partial<ClusterDescription['pause']> = {}) {
  return { ...CLUSTER, status, pause: { ...CLUSTER.pause, secondsUntilAutoPause: 20, ...pause } };
}

const wake = (atMs: number) => ({ atMs, tookMs: 1.62, pausedMs: 11_800, cause: 'a query' });

describe('captionOf', () => {
  it('says what the story says', () => {
    for (const name of ['Quiet', NIGHT, MORNING]) {
      const { sentence } = phaseOf(name);
      expect(captionOf(phaseOf(name), cluster('available'), null)).toEqual({ title: name, sentence });
    }
  });

  it('says when it has fallen asleep', () => {
    expect(captionOf(phaseOf(NIGHT), cluster('paused'), null).sentence).toMatch(/^Asleep, .* costs nothing/);
  });

  it('says why it does not sleep', () => {
    const awake = cluster('available', { unavailable: 'This host has no freezer.' });
    expect(captionOf(phaseOf(NIGHT), awake, null).sentence).toBe(
      'It does not sleep here: This host has no freezer.',
    );
  });

  it('says how long the first query of the day took, and how much of it was the wake', () => {
    const woken = cluster('available', { lastWake: wake(NOW + 2) });
    expect(captionOf(phaseOf(MORNING), woken, ANSWER).sentence).toBe(
      'The first answer came after 4.8 ms, of which waking took 1.6 ms. The 12 s of sleep cost nothing.',
    );
  });

  it('takes no earlier wake for that of this query', () => {
    for (const lastWake of [null, wake(NOW - 60_000)]) {
      const { sentence } = captionOf(phaseOf(MORNING), cluster('available', { lastWake }), ANSWER);
      expect(sentence).toBe('The first answer came after 4.8 ms: the database was awake.');
    }
  });

  it('fits two lines of a narrow terminal', () => {
    const room = 2 * (80 - MORNING.length - 5);
    const slow = { ...wake(NOW), tookMs: 99.94, pausedMs: 3_599_000 };
    const woken = captionOf(phaseOf(MORNING), cluster('available', { lastWake: slow }), {
      ...ANSWER,
      tookMs: 99.94,
    });
    const asleep = captionOf(phaseOf(NIGHT), cluster('paused'), null);
    for (const { sentence } of [woken, asleep]) expect(sentence.length).toBeLessThan(room - 10);
  });
});
