import { expect, it } from 'vitest';
import type { JournalEntry } from '../../sentinel/protocol.ts';
import { newsOf } from './journal-news.ts';

const SINCE = { bootId: 'this', bootMs: 1_000, wallMs: 50_000 };

function entry(bootMs: number, what: JournalEntry['what'], acu: number, bootId = 'this'): JournalEntry {
  return { id: 'shop', bootId, bootMs, wallMs: 49_000 + bootMs, what, acu, detail: 'bytes' };
}

it('tells of wakes and of lifted limits, at their time, and not of what the daemon knew', () => {
  const journal = [
    entry(900, 'paused', 0),
    entry(1_500, 'woken', 8),
    entry(3_000, 'lifted', 8),
    entry(4_000, 'lifted', 0),
    entry(5_000, 'woken', 8, 'an earlier boot'),
  ];
  expect(newsOf(journal, SINCE).map(({ atMs, kind }) => [atMs, kind])).toEqual([
    [50_500, 'resumed'],
    [52_000, 'limits-lifted'],
  ]);
});

it('has none where no daemon was before', () => {
  expect(newsOf([entry(1_500, 'woken', 8)], null)).toEqual([]);
});
