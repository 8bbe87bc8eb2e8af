import { describe, expect, it } from 'vitest';
import { CONFIG, GIB, Script } from './decide-fixture.ts';
import { explainDecision, reasonOf } from './explain.ts';
import type { Decision } from './model.ts';

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
    script.repeat(4);
    expect(say(script, script.full())).toBe(
      'stays at 3 ACU: CPU needed it a short while ago; it is held, for 10 s more',
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
  expect(text).toContain('CPU asks for 1.7 ACU');
  expect(text).toContain('connections is not known');
  expect(text).toContain('Not lower: CPU asks for 1.7 now');
  expect(text).toContain('The host is saturated');
});
