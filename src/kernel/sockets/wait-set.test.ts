import { describe, expect, it } from 'vitest';
import { epollWaitOf, isWaitHidden, membersToRead, waitsToRead } from './wait-set.ts';

describe('the set that a process waits for', () => {
  it.each([
    ['epoll_wait', '232 0x4 0x55d0 0x1 0xffffffff 0x0 0x0 0x7ffc 0x7f1a', 'x64', 4],
    ['epoll_pwait', '281 0x1f 0x55d0 0x1 0xffffffff 0x0 0x8 0x7ffc 0x7f1a', 'x64', 31],
    ['epoll_pwait2', '441 0x9 0x55d0 0x1 0x0 0x0 0x8 0x7ffc 0x7f1a', 'x64', 9],
    ['epoll_pwait on another architecture', '22 0x5 0xaaaa 0x1 0xffffffff 0x0 0x8 0xffff 0xffff', 'arm64', 5],
  ] as const)('is named by %s', (_, line, arch, set) => {
    expect(epollWaitOf(line, arch)).toBe(set);
  });

  it.each([
    ['a process that runs', 'running', 'x64'],
    ['one between two calls', '-1 0x7ffc 0x7f1a', 'x64'],
    ['one that receives', '45 0x9 0x55d0 0x2000 0x0 0x0 0x0 0x7ffc 0x7f1a', 'x64'],
    ['one that waits for a lock in memory', '202 0x7f00 0x80 0x0 0x0 0x0 0x0 0x7ffc 0x7f1a', 'x64'],
    ['the number of another architecture', '22 0x5 0x1 0x0 0x0 0x0 0x0 0x7ffc 0x7f1a', 'x64'],
    ['one that may not be looked at', '', 'x64'],
    ['an architecture that nobody knows here', '232 0x4 0x55d0 0x1', 'ppc64'],
  ] as const)('is none: %s', (_, line, arch) => {
    expect(epollWaitOf(line, arch)).toBeNull();
  });

  it('has members, of which those to be read count', () => {
    const text = [
      'pos:\t0',
      'flags:\t02',
      'tfd:        9 events:       19 data:     55d0c0 pos:0 ino:1 sdev:8',
      'tfd:       10 events:        4 data:     55d0c8 pos:0 ino:1 sdev:8',
      'tfd:       11 events: 80002019 data:     55d0d0 pos:0 ino:1 sdev:8',
      'tfd:        3 events:        0 data:     55d0d8 pos:0 ino:1 sdev:8',
      '',
    ].join('\n');
    expect(membersToRead(text)).toEqual([9, 11]);
    expect(membersToRead('')).toEqual([]);
  });

  it('is nobody’s where there is no process', () => {
    expect(waitsToRead(0x7fff_fffe)).toBeNull();
    expect(isWaitHidden(0x7fff_fffe)).toBe(false);
  });

  it('is none of a process that does something else', () => {
    // This one reads a file at this moment.
    expect(waitsToRead(process.pid)).toBeNull();
    expect(isWaitHidden(process.pid)).toBe(false);
  });
});
