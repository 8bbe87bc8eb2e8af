import { join } from 'node:path';

/** Where a sentinel and its daemon meet, in the state folder. */
export function sentinelFiles(stateDir: string): {
  readonly socket: string;
  readonly journal: string;
  readonly log: string;
  /** Which process is the sentinel. */
  readonly mark: string;
} {
  return {
    socket: join(stateDir, 'sentinel.sock'),
    journal: join(stateDir, 'sentinel-journal.jsonl'),
    log: join(stateDir, 'sentinel.log'),
    mark: join(stateDir, 'sentinel.json'),
  };
}
