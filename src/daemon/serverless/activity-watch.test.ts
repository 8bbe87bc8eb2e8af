import { describe, expect, it } from 'vitest';
import type { ClusterActivity } from '../../cluster/managed/activity.ts';
import type { IgnoreRule } from '../../cluster/managed/model.ts';
import { DIMENSIONS, SHORT_LIVED } from '../../load/model.ts';
import type { LoadTick, Tuple } from '../../load/model.ts';
import { countedSamples, hasHappened, isBusy } from './activity-watch.ts';

const BEFORE: ClusterActivity = {
  sessions: 3,
  active: 0,
  latest: null,
  lastChangeMs: 1_000,
  fingerprint: '17',
  activeMs: 500,
  sessionsEver: 9,
  blockers: [],
};

function tickOf(weightMs: number, values: Partial<Tuple> = {}): LoadTick {
  const empty = Object.fromEntries(DIMENSIONS.map((name) => [name, ''])) as Record<
    (typeof DIMENSIONS)[number],
    string
  >;
  const tuple = { ...empty, ...values };
  return {
    atMs: 0,
    durationMs: 1_000,
    source: 'kernel',
    state: 'observed',
    samples: [
      { activity: 'active', tuple, weightMs: weightMs / 2 },
      { activity: 'active', tuple, weightMs: weightMs / 2 },
      { activity: 'idle in transaction', tuple, weightMs: 1_000 },
    ],
    activeTimeMs: null,
    thinning: 1,
    hiddenShare: 0,
    cost: { agentCpuMs: 0, backendCpuMs: 0, tickMs: 0, lagMs: 0 },
  };
}

function busy(tick: LoadTick, rules: readonly IgnoreRule[]): boolean {
  return isBusy(countedSamples(tick, rules), tick.durationMs);
}

describe('isBusy', () => {
  it('is sure only of what idle sessions could not be', () => {
    expect(busy(tickOf(900), [])).toBe(true);
    // Forty sessions that read new settings, or report their statistics.
    expect(busy(tickOf(40), [])).toBe(false);
    // And wait for a processor to do so.
    expect(busy(tickOf(2_000, { 'db.wait_event': 'CPU:Waiting' }), [])).toBe(false);
  });

  it('does not count who is ignored, nor who came and went', () => {
    const rules = [{ field: 'application', value: 'exporter' }] as const;
    expect(busy(tickOf(900, { 'db.application': 'exporter' }), rules)).toBe(false);
    expect(busy(tickOf(900, { 'db.session_type': SHORT_LIVED }), [])).toBe(false);
  });
});

describe('hasHappened', () => {
  it.each<[string, Partial<ClusterActivity>, boolean]>([
    ['nothing', {}, false],
    ['a session is active', { active: 1 }, true],
    ['a state has changed', { lastChangeMs: 1_001, fingerprint: '18' }, true],
    ['a state has changed while the clock was set back', { lastChangeMs: 900, fingerprint: '18' }, true],
    ['one has left that did nothing', { sessions: 2, fingerprint: '12' }, false],
    ['one has left after a statement', { sessions: 2, fingerprint: '12', activeMs: 501 }, true],
    ['one came, did something and went', { sessionsEver: 10, activeMs: 501 }, true],
    ['one came and went', { sessionsEver: 10 }, false],
    ['statements of before are reported late', { activeMs: 600 }, false],
    ['nothing, before PostgreSQL 14', { activeMs: null, sessionsEver: null }, false],
  ])('tells when %s', (_, now, expected) => {
    const before = now.activeMs === null ? { ...BEFORE, activeMs: null, sessionsEver: null } : BEFORE;
    expect(hasHappened(before, { ...before, ...now }, false)).toBe(expected);
  });
});
