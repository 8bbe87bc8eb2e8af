import { describe, expect, it } from 'vitest';
import { HeldLog } from './held-log.ts';

describe('HeldLog', () => {
  it('keeps lines back while it is held, the last ones if there are many, and says them after it', () => {
    const lines: string[] = [];
    const log = new HeldLog((line) => lines.push(line));
    log.add('before');
    log.hold();
    for (let line = 1; line <= 50; line += 1) log.add(`${line}`);
    expect(lines).toEqual(['before']);
    log.release();
    expect(lines).toHaveLength(21);
    expect(lines.at(-1)).toBe('50');
    log.add('after');
    log.release();
    expect(lines.at(-1)).toBe('after');
  });
});
