import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockFile } from './file-lock.ts';
import { processIdentity } from './process-identity.ts';
import { ProcessLock } from './process-lock.ts';

let folder: string;
let path: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'airglow-lock-')));
  path = join(folder, 'lock');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function take(): ProcessLock {
  const lock = ProcessLock.take(path);
  if (lock instanceof ProcessLock) return lock;
  throw new Error(`locked by ${lock.holderPid}`);
}

describe('the lock of a process', () => {
  it('is refused with the holder, while it is held, and leaves nothing behind', () => {
    const lock = take();
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ pid: process.pid });
    expect(ProcessLock.take(path)).toEqual({ holderPid: process.pid });
    lock.release();
    expect(readdirSync(folder)).toEqual([]);
    take().release();
  });

  it('released twice does not let go of the one taken in between', () => {
    const first = take();
    first.release();
    writeFileSync(path, JSON.stringify({ pid: process.ppid, identity: processIdentity(process.ppid) }));
    first.release();
    expect(existsSync(path)).toBe(true);
    expect(ProcessLock.take(path)).toEqual({ holderPid: process.ppid });
  });

  it.for([
    { what: 'a process that is gone', content: { pid: 2 ** 22 + 1, identity: 'x' } },
    { what: 'one whose number is in use again', content: { pid: process.ppid, identity: 'x' } },
    {
      what: 'one that had our number',
      content: { pid: process.pid, identity: processIdentity(process.pid) },
    },
    { what: 'one of which nothing can be told', content: { pid: process.ppid, identity: null } },
    { what: 'nobody', content: 'torn' },
  ])('gives way where it is of $what', ({ content }) => {
    writeFileSync(path, JSON.stringify(content));
    take();
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ pid: process.pid });
    expect(readdirSync(folder)).toEqual(['lock']);
  });
});

describe('the lock of a file', () => {
  it('is held until the file is closed, against this process as well', async (ctx) => {
    const first = await open(path, 'w');
    const second = await open(path, 'w');
    try {
      const answer = await lockFile(first.fd, 0);
      if (answer === 'unknown') ctx.skip('the foreign-function library does not run here');
      expect(answer).toBe('locked');
      expect(await lockFile(second.fd, 0)).toBe('busy');
      const waiting = lockFile(second.fd, 30_000);
      await first.close();
      expect(await waiting).toBe('locked');
    } finally {
      await first.close();
      await second.close();
    }
  });
});
