import { describe, expect, it } from 'vitest';
import { forbiddenBy, whySocketsAreForbidden } from './may-duplicate.ts';

const status = (capabilities: string): string =>
  `Name:\tnode\nCapInh:\t0000000000000000\nCapEff:\t${capabilities}\n`;
const ALL = status('000001ffffffffff');
const NONE = status('0000000000000000');
const PTRACE_ONLY = status('0000000000080000');
const ALL_BUT_PTRACE = status('000001fffff7ffff');

describe('sockets of other processes', () => {
  it.each([
    ['root with all its capabilities', { scope: 1, status: ALL, isRoot: true }],
    ['who has the one capability', { scope: 2, status: PTRACE_ONLY, isRoot: false }],
    ['an ordinary user, of its own processes', { scope: 0, status: NONE, isRoot: false }],
  ])('may be duplicated by %s', (_, rights) => {
    expect(forbiddenBy(rights)).toBeNull();
  });

  it.each([
    ['anybody where Yama forbids it for good', { scope: 3, status: ALL, isRoot: true }, /below 3/],
    ['root in a container', { scope: 0, status: ALL_BUT_PTRACE, isRoot: true }, /CAP_SYS_PTRACE/],
    ['an ordinary user under Yama', { scope: 1, status: NONE, isRoot: false }, /ptrace_scope to 0/],
    [
      'an ordinary user of whom nothing is known',
      { scope: 1, status: '', isRoot: false },
      /ptrace_scope to 0/,
    ],
  ])('may not by %s, and the way out is said', (_, rights, wayOut) => {
    const reason = forbiddenBy(rights);
    expect(reason).toMatch(wayOut);
    expect(reason).toMatch(/^The kernel .*\.$/);
  });

  it('are asked for of this very process without an error', () => {
    const reason = whySocketsAreForbidden();
    expect(reason === null || reason.endsWith('.')).toBe(true);
  });
});
