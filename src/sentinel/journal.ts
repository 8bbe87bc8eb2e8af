import { appendFileSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import type { JournalEntry } from './protocol.ts';

const MOST_BYTES = 512 * 1024;
const KEPT_BYTES = MOST_BYTES / 2;

/**
 * What was in force while nobody could write a meter, one line of JSON each. Whoever cannot write it goes on all the
 * same: waking is more than book-keeping. A line begins with its break, so that half a line of a writer that was killed
 * spoils none after it.
 */
export class Journal {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  add(entry: JournalEntry): void {
    try {
      appendFileSync(this.#path, `\n${JSON.stringify(entry)}`, { mode: 0o600 });
      if (statSync(this.#path).size > MOST_BYTES) this.#shorten();
    } catch {
      // A full disk, most likely; the meter says what it cannot bill.
    }
  }

  #shorten(): void {
    const lines = readJournal(this.#path).map((entry) => `\n${JSON.stringify(entry)}`);
    let bytes = 0;
    const kept = lines.toReversed().filter((line) => (bytes += Buffer.byteLength(line)) <= KEPT_BYTES);
    const draft = `${this.#path}.new`;
    writeFileSync(draft, kept.toReversed().join(''), { mode: 0o600 });
    renameSync(draft, this.#path);
  }
}

/** All that can be read of it, oldest first; empty where there is none. */
export function readJournal(path: string): JournalEntry[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return [];
  }
  return text.split('\n').flatMap((line) => entryOf(line) ?? []);
}

/** A killed writer leaves half a line. */
function entryOf(line: string): JournalEntry | null {
  try {
    const entry = JSON.parse(line) as Partial<JournalEntry> | null;
    const isWhole =
      typeof entry?.id === 'string' &&
      typeof entry.bootId === 'string' &&
      Number.isFinite(entry.bootMs) &&
      Number.isFinite(entry.wallMs) &&
      (entry.acu === null || (Number.isFinite(entry.acu) && Number(entry.acu) >= 0));
    return isWhole ? (entry as JournalEntry) : null;
  } catch {
    return null;
  }
}
