import { describe, expect, it } from 'vitest';
import { aCluster, aDecision } from './capacity-fixture.ts';
import { headlineOf, pauseText, savedText, sentenceOf, shapeText, windowCost } from './capacity-words.ts';

const titleOf = (told: Parameters<typeof aDecision>[0]) => {
  const { level, title } = headlineOf(aCluster({ lastDecision: aDecision(told) }));
  return `${level}: ${title}`;
};

describe('the headline', () => {
  it('names what asks for capacity', () => {
    expect(titleOf({})).toBe('fine: As much as CPU asks for');
    expect(titleOf({ hold: { kind: 'recent-demand', resource: 'memory', untilMs: 1 } })).toContain('memory');
    expect(titleOf({ hold: { kind: 'recent-demand', resource: null, untilMs: 1 } })).toContain('Raised');
    expect(titleOf({ hold: { kind: 'minimum', resource: null, untilMs: null } })).toBe(
      'fine: At its minimum',
    );
  });

  it('is alarmed where more is asked for than there may be', () => {
    expect(titleOf({ cap: 'maximum', hostSaturated: true })).toBe(
      'stuck: At its maximum, and more is asked for',
    );
    expect(titleOf({ cap: 'host-share' })).toContain('stuck: Bounded by the host');
    expect(titleOf({ hostSaturated: true })).toContain('busy: The host is saturated');
  });

  it('is of the status where it does not run', () => {
    const lastDecision = aDecision();
    expect(headlineOf(aCluster({ status: 'paused', lastDecision })).title).toBe('Asleep');
    expect(headlineOf(aCluster({ status: 'stopped', lastDecision })).title).toBe('Stopped');
    expect(headlineOf(aCluster()).title).toBe('Nothing is known yet');
  });
});

describe('words', () => {
  it('tell what an ACU is made of', () => {
    const { shape } = aCluster();
    expect(shapeText(4, shape)).toBe('1 vCPU, 8 GiB');
    expect(shapeText(0.5, shape)).toBe('0.13 vCPUs, 1 GiB');
  });

  it('tell what was saved, and nothing where nothing is known', () => {
    expect(savedText(1, 4)).toBe('75 % saved');
    expect(savedText(0, 0)).toBe('–');
    expect(savedText(5, 4)).toBe('0 % saved');
  });

  it('tell the cost of a window', () => {
    const used = {
      acuHours: 2,
      fixedMaximumAcuHours: 8,
      knownSeconds: 1,
      pausedSeconds: 0,
      currency: 'USD',
      pricePerAcuHour: 0.5,
    };
    expect(windowCost(used)).toMatchObject({
      amount: 1,
      fixedAmount: 4,
      text: 'USD 1.00',
      hours: '2 ACU-hours',
    });
  });

  it('make a sentence of a reason', () => {
    expect(sentenceOf('stays at 1 ACU: so')).toBe('Stays at 1 ACU: so.');
    expect(sentenceOf('Done.')).toBe('Done.');
  });

  it('tell how it stands with pausing', () => {
    const { pause } = aCluster();
    expect(pauseText(aCluster(), 0)).toBe('It is paused after 5 min without use.');
    expect(pauseText(aCluster({ pause: { ...pause, secondsUntilAutoPause: null } }), 0)).toContain('never');
    expect(pauseText(aCluster({ pause: { ...pause, unavailable: 'no freezer' } }), 0)).toContain(
      'no freezer',
    );
    expect(pauseText(aCluster({ status: 'paused' }), 0)).toBeNull();
    const lastWake = { atMs: 1000, tookMs: 1.5, pausedMs: 9, cause: 'a query of app' };
    expect(pauseText(aCluster({ pause: { ...pause, lastWake } }), 61_000)).toBe(
      'It is paused after 5 min without use. Last woken 1 min ago by a query of app, in 1.5 ms.',
    );
  });
});
