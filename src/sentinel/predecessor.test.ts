import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { processIdentity } from '../kernel/process-identity.ts';
import { givePlaceUp, takePlace } from './predecessor.ts';

let folder: string;
let mark: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'airglow-place-'));
  mark = join(folder, 'sentinel.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const holder = (): unknown => (JSON.parse(readFileSync(mark, 'utf8')) as { pid: number }).pid;

describe('who takes the place of a sentinel', () => {
  it('ends the one before, though it stands still', async () => {
    const child = spawn('sleep', ['60']);
    await once(child, 'spawn');
    const pid = child.pid ?? 0;
    child.kill('SIGSTOP');
    writeFileSync(mark, JSON.stringify({ pid, identity: processIdentity(pid) }));
    takePlace(mark);
    const [, signal] = (await once(child, 'exit')) as [number | null, string];
    expect(signal).toBe('SIGKILL');
    expect(holder()).toBe(process.pid);
  });

  it('ends nobody who has got its number since', async () => {
    const child = spawn('sleep', ['60']);
    await once(child, 'spawn');
    writeFileSync(mark, JSON.stringify({ pid: child.pid, identity: 'another boot 17' }));
    takePlace(mark);
    expect(processIdentity(child.pid ?? 0)).not.toBeNull();
    expect(holder()).toBe(process.pid);
    child.kill('SIGKILL');
  });

  it.each(['', 'null', '{', '{"pid":0}', '{"pid":-1,"identity":"x"}', '{"pid":1,"identity":null}', '[]'])(
    'believes no garbage: %j',
    (text) => {
      writeFileSync(mark, text);
      takePlace(mark);
      expect(holder()).toBe(process.pid);
    },
  );

  it('gives it up, unless somebody else has taken it', () => {
    takePlace(mark);
    givePlaceUp(mark);
    expect(existsSync(mark)).toBe(false);
    writeFileSync(mark, JSON.stringify({ pid: 4_000_000, identity: 'somebody' }));
    givePlaceUp(mark);
    expect(existsSync(mark)).toBe(true);
    givePlaceUp(join(folder, 'missing'));
    expect(() => takePlace(join(folder, 'missing', 'sentinel.json'))).not.toThrow();
  });
});
