/** Processes of a server that may run out of memory without harm to the others: their statement fails, no more. */
export type BackendKind = 'client' | 'parallel-worker' | 'autovacuum-worker' | 'other';

export interface Backend {
  readonly kind: BackendKind;
  /** Whom a parallel worker works for. */
  readonly leaderPid: number | null;
}

/**
 * What a process title tells; null while the process is still being made and has none of its own. A title is
 * `postgres: [cluster: ]user database client ...`, or `postgres: [cluster: ]what it is`, whether or not the server keeps
 * titles up to date.
 */
export function backendOf(title: string): Backend | null {
  if (!title.startsWith('postgres: ')) return null;
  const text = title.slice('postgres: '.length);
  const worker = /(?:^|: )parallel worker for PID (\d+)/.exec(text);
  if (worker !== null) return { kind: 'parallel-worker', leaderPid: Number(worker[1]) };
  return { kind: kindOf(text), leaderPid: null };
}

function kindOf(text: string): BackendKind {
  if (/(?:^|: )autovacuum worker\b/.test(text)) return 'autovacuum-worker';
  // It looks like a client's, and replication must not fail for want of memory.
  if (/(?:^|: )walsender /.test(text)) return 'other';
  return /\S \S.* (?:\[local\]|\S+\(\d+\))(?: |$)/.test(text) ? 'client' : 'other';
}
