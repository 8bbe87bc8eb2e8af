import type { SessionsAnswer } from '../../../../src/api/answers.ts';

export type SessionRow = SessionsAnswer['sessions'][number];

/** What people look for; a session is in one of them. */
export const GROUPS = ['working', 'waiting', 'idle in transaction', 'background', 'at rest'] as const;
export type Group = (typeof GROUPS)[number];

const CLIENT_TYPES = new Set(['client backend', 'parallel worker']);

export function groupOf({ type, state, blockedByPid, load }: SessionRow): Group {
  if (blockedByPid !== null) return 'waiting';
  if (!CLIENT_TYPES.has(type)) return 'background';
  if (state.startsWith('idle in transaction')) return 'idle in transaction';
  return state !== 'idle' || load > 0 ? 'working' : 'at rest';
}

/** How many sessions each group has. */
export function countGroups(sessions: readonly SessionRow[]): Readonly<Record<Group, number>> {
  const counts = { working: 0, waiting: 0, 'idle in transaction': 0, background: 0, 'at rest': 0 };
  for (const session of sessions) counts[groupOf(session)] += 1;
  return counts;
}

export const COLUMNS = [
  'pid',
  'user',
  'application',
  'host',
  'database',
  'state',
  'waitEvent',
  'queryMs',
  'transactionMs',
  'sql',
] as const;
export type Column = (typeof COLUMNS)[number];

export interface Order {
  readonly column: Column;
  readonly isDescending: boolean;
}

/** The first click on a column of durations is for the longest. */
export function nextOrder(order: Order, column: Column): Order {
  if (order.column === column) return { column, isDescending: !order.isDescending };
  return { column, isDescending: column === 'queryMs' || column === 'transactionMs' };
}

/** What is not known stays at the end in both directions; equals keep the order of their pids, so that rows stand still. */
export function sortRows(sessions: readonly SessionRow[], order: Order): readonly SessionRow[] {
  const { column, isDescending } = order;
  const direction = isDescending ? -1 : 1;
  return sessions.toSorted((a, b) => {
    const [one, other] = [a[column], b[column]];
    const [isOneEmpty, isOtherEmpty] = [isEmpty(one), isEmpty(other)];
    if (isOneEmpty || isOtherEmpty) return Number(isOneEmpty) - Number(isOtherEmpty) || a.pid - b.pid;
    return direction * compare(one, other) || a.pid - b.pid;
  });
}

/** Every word of `search` is in one of the fields. */
export function findRows(
  sessions: readonly SessionRow[],
  search: string,
  group: Group | null,
): readonly SessionRow[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return sessions.filter((session) => {
    if (group !== null && groupOf(session) !== group) return false;
    const { pid, type, state, waitEvent, user, application, host, database, lock, sql } = session;
    const text = [pid, type, state, waitEvent, user, application, host, database, lock, sql]
      .join('\n')
      .toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

function isEmpty(value: string | number | null): boolean {
  return value === null || value === '';
}

function compare(one: string | number | null, other: string | number | null): number {
  return typeof one === 'number' && typeof other === 'number'
    ? one - other
    : String(one).localeCompare(String(other), 'en');
}
