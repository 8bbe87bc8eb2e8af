import { aboutSql, at, lasted } from '../evidence.ts';
import type { AnalysisInput, KeyedSeries } from '../input.ts';
import type { Finding } from '../model.ts';
import { averageIn, loadOf, longestWhere } from '../parts.ts';
import { inParentheses, ownerOf } from '../owners.ts';
import { THRESHOLDS } from '../thresholds.ts';
import { count, duration, sqlName } from '../wording.ts';

const LIMITS = THRESHOLDS.idleInTransaction;

/** Transactions that were left open. Those that others waited for are lock chains. */
export function idleInTransaction(input: AnalysisInput): Finding[] {
  const blocking = new Set(input.blockers.map(({ sqlId }) => sqlId));
  return input.idleInTransaction
    .filter(({ key }) => !blocking.has(key))
    .flatMap((series) => judge(input, series))
    .slice(0, LIMITS.most);
}

function judge(input: AnalysisInput, series: KeyedSeries): Finding[] {
  const idle = loadOf(input, [series]);
  const part = longestWhere(input, (index) => (idle[index] ?? 0) >= LIMITS.leastSessions, LIMITS.leastMs);
  if (part === null) return [];
  const aas = averageIn(input, idle, part);
  const owner = ownerOf(input.idleOwners, series.key);
  const { user, application } = owner;
  const open = input.sessionsNow?.find(
    ({ state, sqlId }) => state === 'idle in transaction' && sqlId === series.key,
  );
  const still = open === undefined ? [] : [`It still is: SELECT pg_terminate_backend(${open.pid}) ends it.`];
  return [
    {
      kind: 'idle-in-transaction',
      severity: part.heldMs >= LIMITS.mediumMs ? 'medium' : 'low',
      title: `${count(Math.round(aas), 'session')} ${Math.round(aas) === 1 ? 'was' : 'were'} idle in transaction for ${duration(part.heldMs)}${inParentheses(owner)}`,
      explanation:
        'An open transaction keeps its locks, and keeps vacuum from removing what was deleted since it began, so tables grow.',
      evidence: [
        lasted(part),
        { name: 'it ran last', value: sqlName(series.key, input.texts) },
        ...(user === '' ? [] : [{ name: 'user', value: user }]),
        ...(application === '' ? [] : [{ name: 'application', value: application }]),
        ...(open?.transactionMs == null ? [] : [{ name: 'open for', value: duration(open.transactionMs) }]),
      ],
      advice: [
        ...still,
        'Commit or roll back before doing something else; look for an error path in the application that does neither.',
        "Have the server end such sessions: ALTER ROLE ... SET idle_in_transaction_session_timeout = '60s'",
      ],
      ...at(part),
      // Beside the load, not part of it.
      aas: null,
      about: [
        ...aboutSql(series.key, input),
        ...(application === ''
          ? []
          : [{ dimension: 'db.application' as const, key: application, label: application }]),
      ],
    },
  ];
}
