import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Journal, readJournal } from './journal.ts';
import type { JournalEntry } from './protocol.ts';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'airglow-journal-'));
  path = join(folder, 'journal.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const entry = (bootMs: number, change: Partial<JournalEntry> = {}): JournalEntry => ({
  id: 'a1',
  bootId: 'this boot',
  bootMs,
  wallMs: 1_800_000_000_000 + bootMs,
  what: 'paused',
  acu: 0,
  detail: 'paused',
  ...change,
});

describe('the journal', () => {
  it('gives back what was added, oldest first, to whoever opens it next', () => {
    const entries = [entry(1), entry(2, { what: 'woken', acu: null }), entry(3, { what: 'lifted', acu: 8 })];
    new Journal(path).add(entries[0] ?? entry(0));
    const second = new Journal(path);
    for (const one of entries.slice(1)) second.add(one);
    expect(readJournal(path)).toEqual(entries);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('is empty where there is none', () => {
    expect(readJournal(path)).toEqual([]);
  });

  it('loses nothing but the half line that a killed writer has left', () => {
    const journal = new Journal(path);
    journal.add(entry(1));
    appendFileSync(path, `\n${JSON.stringify(entry(2)).slice(0, 30)}`);
    new Journal(path).add(entry(3));
    expect(readJournal(path)).toEqual([entry(1), entry(3)]);
  });

  it.each([
    ['no JSON', 'paused at noon'],
    ['a number', '17'],
    ['null', 'null'],
    ['a list', '[]'],
    ['an entry without a time', JSON.stringify({ ...entry(1), bootMs: undefined })],
    ['an entry at the end of all time', JSON.stringify(entry(1)).replace('"bootMs":1', '"bootMs":1e999')],
    ['an entry with a capacity below none', JSON.stringify(entry(1, { acu: -8 }))],
    ['bytes of nothing', '\0\0\0\0'],
    ['a line without end', 'x'.repeat(100_000)],
  ])('believes no garbage: %s', (_, garbage) => {
    const journal = new Journal(path);
    journal.add(entry(1));
    appendFileSync(path, `\n${garbage}`);
    journal.add(entry(2));
    expect(readJournal(path)).toEqual([entry(1), entry(2)]);
  });

  it('keeps the newest when it has grown long', () => {
    const journal = new Journal(path);
    const detail = 'x'.repeat(1_000);
    for (let bootMs = 0; bootMs < 1_600; bootMs++) journal.add(entry(bootMs, { detail }));
    const kept = readJournal(path);
    expect(kept.at(-1)?.bootMs).toBe(1_599);
    expect(kept.length).toBeGreaterThan(100);
    expect(statSync(path).size).toBeLessThan(600 * 1024);
    expect(kept.map(({ bootMs }) => bootMs)).toEqual(kept.map((_, index) => 1_600 - kept.length + index));
    expect(existsSync(`${path}.new`)).toBe(false);
  });

  it('stops nobody where it cannot be written', () => {
    symlinkSync('/dev/full', path);
    expect(() => new Journal(path).add(entry(1))).not.toThrow();
    rmSync(path);
    writeFileSync(join(folder, 'file'), '');
    expect(() => new Journal(join(folder, 'file', 'journal')).add(entry(1))).not.toThrow();
    expect(() => new Journal(folder).add(entry(1))).not.toThrow();
    expect(readJournal(folder)).toEqual([]);
    expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('');
  });
});
