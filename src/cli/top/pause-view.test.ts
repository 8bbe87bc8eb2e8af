import { describe, expect, it } from 'vitest';
import { asleepModel, CLUSTER, managedModel, wokenModel } from './capacity-fixture.ts';
import { isAsleep, sleepTexts, upToNow, wakeText } from './pause-view.ts';
import { NOW, shopModel, STATUS } from './top-fixture.ts';

describe('upToNow', () => {
  it('carries a pause on to the present, as covered time', () => {
    const model = asleepModel();
    const added = upToNow(model, NOW).ticks.at(-1);
    expect(added).toMatchObject({ atMs: NOW, durationMs: 30_000, state: 'paused', samples: [] });
  });

  it('knows since when without a tick', () => {
    const [added, ...more] = upToNow({ ...asleepModel(), ticks: [] }, NOW).ticks;
    expect(added?.durationMs).toBe(30_000);
    expect(more).toEqual([]);
  });

  it('leaves alone what is awake, and what is told already', () => {
    const awake = managedModel();
    expect(upToNow(awake, NOW)).toBe(awake);
    const asleep = shopModel({ status: { ...STATUS, connection: 'paused' } });
    expect(isAsleep(asleep)).toBe(true);
    expect(upToNow(asleep, asleep.ticks.at(-1)?.atMs ?? 0)).toBe(asleep);
  });
});

describe('sleepTexts', () => {
  it('say since when it sleeps', () => {
    const cluster = { ...CLUSTER, status: 'paused', pause: { ...CLUSTER.pause, pausedAtMs: NOW } } as const;
    expect(sleepTexts(cluster, { timeZone: 'Asia/Tokyo' })?.[0]).toBe(
      'paused since 21:00:00, wakes at the first byte',
    );
    expect(sleepTexts({ ...CLUSTER, status: 'resuming' }, {})).toEqual(['resuming']);
    expect(sleepTexts(CLUSTER, {})).toBeNull();
  });
});

describe('wakeText', () => {
  const { cluster } = wokenModel().capacity ?? {};
  const wake = cluster?.pause.lastWake;

  it('is news for a while', () => {
    if (cluster === undefined) throw new Error('the fixture has no capacity');
    expect(wakeText(cluster, NOW)).toMatch(/^woken after 28 s by a new connection .* in 1\.9 ms$/);
    expect(wakeText(cluster, NOW + 60_000)).toBeNull();
    expect(wakeText({ ...cluster, status: 'paused' }, NOW)).toBeNull();
    expect(wakeText(CLUSTER, NOW)).toBeNull();
  });

  it('does not let a client steer the terminal by its name', () => {
    if (cluster === undefined || wake === undefined || wake === null)
      throw new Error('the fixture has no wake');
    const lastWake = { ...wake, tookMs: 1_234, cause: 'bytes of \u001b[2J' };
    const text = wakeText({ ...cluster, pause: { ...cluster.pause, lastWake } }, NOW);
    expect(text).not.toContain('\u001b');
    expect(text).toContain('in 1.2 s');
  });
});
