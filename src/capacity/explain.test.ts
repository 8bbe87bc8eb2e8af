import { describe, expect, it } from 'vitest';
import { CONFIG, GIB, Script, SLEEPY } from './decide-fixture.ts';
import { durationInWords } from './explain-pause.ts';
import { explainDecision, reasonOf } from './explain.ts';
import type { Decision, PauseBlocker } from './model.ts';

const say = (script: Script, decision: Decision): string =>
  reasonOf(decision, script.state.config, script.now);

describe('the reason', () => {
  it('names what asked for more, and how much', () => {
    const script = new Script({ hostCpus: 2 });
    const decision = script.full({ cpu: { used: 0.125, throttled: 1.7, waiting: 7.8 } });
    expect(say(script, decision)).toMatch(
      /^up from 0\.5 to 8 ACU: CPU asks for 8 \(0\.1\d running, 6\.\d+ waiting for the limit\)$/,
    );
  });

  it('says what bounds it', () => {
    const script = new Script({ maxAcu: 2 });
    expect(say(script, script.full({ cpu: { used: 2 } }))).toMatch(/bounded by its maximum$/);
    const shared = new Script();
    const decision = shared.full({ cpu: { used: 2 }, grant: { shareAcu: 3, contended: false } });
    expect(say(shared, decision)).toContain('other databases of this host');
  });

  it('says why it is not lower, and until when', () => {
    const script = new Script();
    script.full({ cpu: { used: 0.5 } });
    script.repeat(1);
    expect(say(script, script.full())).toBe(
      'stays at 3 ACU: CPU needed it a short while ago; it is held, for 2 s more',
    );
    const blind = new Script({}, 3);
    expect(say(blind, blind.full({ memory: null }))).toContain('memory could not be observed');
  });

  it('says why it went down', () => {
    const script = new Script({}, 3);
    expect(say(script, script.full())).toBe('down from 3 to 0.5 ACU: nothing above 0.5 was needed lately');
  });
});

it('the explanation holds every resource, the hold and a saturated host', () => {
  const script = new Script({}, 2);
  const decision = script.full({
    cpu: { used: 0.3, throttled: 0, waiting: 5 },
    memory: { unevictableBytes: GIB },
    connections: null,
  });
  const text = explainDecision(decision, CONFIG, script.now).join(' ');
  expect(text).toContain('CPU asks for 1.6 ACU');
  expect(text).toContain('connections is not known');
  expect(text).toContain('Not lower: CPU asks for 1.6 now');
  expect(text).toContain('The host is saturated');
});

describe('the explanation of a pause', () => {
  const blockers: readonly PauseBlocker[] = [
    { kind: 'replication', detail: 'a standby is connected (walreceiver)' },
    { kind: 'backup', detail: 'a backup is running' },
  ];
  const paused = (): Script => new Script({ ...SLEEPY, autoPauseMs: 300_000 });
  const last = (script: Script, decision: Decision): string | undefined =>
    explainDecision(decision, script.state.config, script.now).at(-1);

  it.for([
    { seen: {}, sentence: 'Pauses in 4 min 59 s unless somebody uses it.' },
    { seen: { activity: { isActive: true } }, sentence: 'Somebody uses it, so it is not paused.' },
    {
      seen: { activity: { isActive: true, by: 'app@shop (local, psql)' } },
      sentence: 'Not paused: app@shop (local, psql) uses it.',
    },
    {
      seen: { activity: { blockers } },
      sentence: 'Not paused: a standby is connected (walreceiver); a backup is running.',
    },
    { seen: { activity: null }, sentence: 'Whether somebody uses it is not known yet, so it is not paused.' },
  ])('is that: $sentence', ({ seen, sentence }) => {
    const script = paused();
    expect(last(script, script.full(seen))).toBe(sentence);
  });

  it('says that it comes, and why', () => {
    const script = paused();
    script.repeat(299);
    const decision = script.full();
    expect(say(script, decision)).toBe('pauses: nothing has happened for 5 min');
    const sentences = explainDecision(decision, script.state.config, script.now);
    expect(sentences).toEqual(['It is paused now: nothing has happened for 5 min.']);
    // It may yet be cancelled; then this is a decision like others.
    expect(say(script, script.full())).toBe('stays at 0.5 ACU: it is at its minimum');
  });

  it('says what it has after a wake, and until when', () => {
    const script = paused();
    script.untilPause();
    script.sleep(1000, 'client');
    expect(say(script, script.full())).toBe(
      'stays at 2 ACU: it was resumed a moment ago and gets what is likely to be needed, for 2 s more',
    );
  });

  it('says nothing of it where it is never paused', () => {
    const script = new Script();
    expect(explainDecision(script.full(), CONFIG, script.now).join(' ')).not.toMatch(/pause/i);
  });
});

it.for([
  [-5, '0 s'],
  [1, '1 s'],
  [41_200, '42 s'],
  [59_001, '1 min'],
  [90_000, '1 min 30 s'],
  [3_599_500, '1 h'],
  [3_600_001, '1 h 1 min'],
  [86_400_000, '24 h'],
] as const)('writes a duration as people do: %i ms is %s', ([ms, words]) => {
  expect(durationInWords(ms)).toBe(words);
});
