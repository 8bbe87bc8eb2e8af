import { describe, expect, it } from 'vitest';
import type { SessionNow } from '../../daemon/observer.ts';
import { paint } from '../terminal/paint.ts';
import { hasBlockers, renderBlockers } from './blocker-panel.ts';
import { NOW, SESSIONS, shopModel } from './top-fixture.ts';

function waiting(pid: number, blockedByPid: number | null): SessionNow {
  return { ...SESSIONS[0]!, pid, blockedByPid };
}

function draw(sessions: readonly SessionNow[], height = 20): readonly string[] {
  const frame = { width: 100, height: 30, now: NOW, depth: 0 } as const;
  return renderBlockers(shopModel({ sessions }), height, frame).map((line) => paint(line, 100, 0));
}

describe('renderBlockers', () => {
  it('puts the head of the longest queue first, with those who wait below', () => {
    const lines = draw([
      waiting(2, 1),
      waiting(1, null),
      waiting(11, 10),
      waiting(12, 11),
      waiting(10, null),
    ]);
    expect(lines[0]).toBe(' blockers: 2 sessions hold up 3 others');
    expect(lines.slice(1).map((line) => /\d+/.exec(line)?.[0])).toEqual(['10', '11', '12', '1', '2']);
  });

  it('knows prepared transactions, and blockers that it may not see', () => {
    expect(draw([waiting(5, 0)])[1]).toContain('a prepared transaction without a session');
    expect(draw([waiting(5, 77)])[1]).toMatch(/77 holds up 1, not visible/);
  });

  it('ends on a deadlock, which is a circle', () => {
    const lines = draw([waiting(1, 2), waiting(2, 1)]);
    expect(lines.length).toBeLessThan(5);
    expect(lines.join('\n')).toContain('holds up 1');
  });

  it('says how much did not fit, and when nobody waits', () => {
    const crowd = Array.from({ length: 50 }, (_, index) => waiting(100 + index, 1));
    expect(draw(crowd, 10)).toHaveLength(10);
    expect(draw(crowd, 10)[0]).toContain('42 lines more');
    expect(draw([waiting(1, null)]).join('\n')).toContain('no session waits');
    expect(hasBlockers(shopModel({ sessions: [waiting(1, null)] }))).toBe(false);
  });
});
