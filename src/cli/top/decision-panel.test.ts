import { describe, expect, it } from 'vitest';
import type { Decision, Hold } from '../../capacity/model.ts';
import { paint } from '../terminal/paint.ts';
import { capacityView, decision } from './capacity-fixture.ts';
import type { CapacityView } from './capacity-view.ts';
import { cautionOf, holdSentence, renderDecisions } from './decision-panel.ts';
import { NOW } from './top-fixture.ts';

const WIDE = { width: 120, height: 40, now: NOW, depth: 0 } as const;

function view(values: Partial<Decision>, others: Partial<CapacityView> = {}): CapacityView {
  return capacityView(75, { latest: { atMs: NOW, decision: decision(values), reason: '' }, ...others });
}

const held = (
  kind: Hold['kind'],
  resource: Hold['resource'] = null,
  untilMs = NOW + 4_000,
): Partial<Decision> => ({ hold: { kind, resource, untilMs } });

describe('holdSentence', () => {
  it('says when capacity may go lower, and what needed it', () => {
    const points = [
      { atMs: NOW - 9_000, acu: 7.5, demandAcu: 7.3 },
      { atMs: NOW - 1_000, acu: 7.5, demandAcu: 2.1 },
    ];
    const recent = view(held('recent-demand', 'cpu', NOW + 10_400), { points });
    expect(holdSentence(recent, NOW)).toBe('Lower possible in 11 s: 7.3 ACU needed 9 s ago.');
    // The next decision is about to come.
    expect(holdSentence(recent, NOW + 10_500)).toContain('in 1 s');
    expect(holdSentence({ ...recent, points: [] }, NOW)).toContain('7.5 ACU needed a while ago');
  });

  it.each<[string, Partial<Decision>, string]>([
    ['demand', held('demand', 'memory'), 'Not lower: memory asks for 0.5 ACU.'],
    ['a raise', held('recent-demand'), 'Raised a moment ago, and watched for 4 s.'],
    ['memory', held('memory-step', 'memory'), 'Memory is given back in small steps, the next in 4 s.'],
    ['cache', held('cache-needed'), 'Not lower for 4 s: what the cache gave back had to be read again.'],
    [
      'nothing known',
      held('missing-observation'),
      'Not lower: something that lowering needs could not be observed.',
    ],
    ['the minimum', held('minimum'), 'The minimum; demand is 2.1 ACU.'],
    ['a wake', held('resume-boost'), 'Ready for 4 s for what is likely to come after a pause.'],
    [
      'that it will be paused',
      { ...held('minimum'), pause: { kind: 'waiting', untilMs: NOW + 65_000 } },
      'The minimum; demand is 2.1 ACU. Pauses in 1 min 05 s unless somebody uses it.',
    ],
    [
      'what keeps it awake',
      {
        ...held('minimum'),
        pause: { kind: 'blocked', blockers: [{ kind: 'backup', detail: 'a backup runs' }] },
      },
      'The minimum; demand is 2.1 ACU. Not paused: a backup runs.',
    ],
  ])('knows %s', (_, values, sentence) => {
    expect(holdSentence(view(values), NOW)).toBe(sentence);
  });
});

describe('cautionOf', () => {
  it('says what keeps capacity below the demand', () => {
    expect(cautionOf(view({}))).toBeNull();
    expect(cautionOf(view({ cap: 'maximum', demandAcu: 11 }))).toBe(
      'At the maximum of 8 ACU; 11.0 ACU asked for.',
    );
    expect(cautionOf(view({ cap: 'host-share' }))).toContain('Other databases');
    expect(cautionOf(view({ cap: 'token-bucket' }))).toContain('step by step');
    expect(cautionOf(view({ hostSaturated: true }))).toContain('would buy nothing');
  });
});

describe('renderDecisions', () => {
  const draw = (height: number, width = 120): string[] =>
    renderDecisions(capacityView(75), height, { ...WIDE, width, now: NOW - 85_000 }).map((line) =>
      paint(line, width, 0),
    );

  it('shows the newest change first, with its reason but not its step twice', () => {
    const lines = draw(20);
    expect(lines[0]).toMatch(/capacity changes +5 changes/);
    expect(lines[2]).toMatch(/^ +24 s {2}▲ 2\.5 → 7\.5 +CPU asks for 7\.2 \(0\.21 running/);
    expect(lines).toHaveLength(7);
  });

  it('breaks long reasons and says where one is cut', () => {
    expect(draw(4, 70).at(-1)).toMatch(/…$/);
    for (const height of [0, 1, 2, 3, 4, 5]) expect(draw(height, 70).length).toBeLessThanOrEqual(height);
  });
});
