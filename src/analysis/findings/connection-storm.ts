import { SHORT_LIVED } from '../../load/model.ts';
import { about, at, lasted } from '../evidence.ts';
import type { AnalysisInput } from '../input.ts';
import type { Finding } from '../model.ts';
import { averageIn, highestIn, loadOf, partWhere, smooth, totalIn } from '../parts.ts';
import { THRESHOLDS } from '../thresholds.ts';
import { figure, percent, perSecond } from '../wording.ts';

const LIMITS = THRESHOLDS.connections;

/** Sessions that come and go: logging in costs more than what they do. */
export function connectionStorm(input: AnalysisInput): Finding[] {
  const { counters, periodMs } = input;
  const total = loadOf(input, input.waits);
  const short = loadOf(input, input.sessionTypes, (key) => key === SHORT_LIVED);
  const [meanTotal, meanShort] = [smooth(input, total), smooth(input, short)];
  const part = partWhere(input, (index) => {
    const mine = meanShort[index] ?? 0;
    const isLoad = mine >= LIMITS.leastAas && mine >= LIMITS.share * (meanTotal[index] ?? 0);
    const rate = ((counters.sessions[index] ?? 0) * 1000) / periodMs;
    return isLoad || rate >= LIMITS.sessionsPerSecond;
  });
  if (part === null) return [];
  const aas = averageIn(input, short, part);
  const load = averageIn(input, total, part);
  // The two are told apart by different samples, so a little more than all may come out.
  const share = load > 0 ? Math.min(1, aas / load) : 0;
  const begun = totalIn(counters.sessions, part);
  const rate = begun === null ? null : (begun * 1000) / part.heldMs;
  const what =
    rate === null || rate < 1
      ? `${figure(aas)} sessions at a time were only connecting`
      : `${perSecond(rate)} came`;
  const most = highestIn(counters.connections, part);
  return [
    {
      kind: 'connection-storm',
      severity: share >= LIMITS.highShare && aas >= 1 ? 'high' : 'medium',
      title: `Connections came and went: ${what}`,
      explanation:
        'Every new connection costs a process, a login and an empty cache, several milliseconds of CPU before its first statement.',
      evidence: [
        lasted(part),
        {
          name: 'load of short-lived sessions',
          value: `${figure(aas)} average active sessions, ${percent(share)} of the load`,
        },
        ...(rate === null ? [] : [{ name: 'new sessions', value: perSecond(rate) }]),
        ...(most === 0 ? [] : [{ name: 'open at a time', value: figure(most) }]),
      ],
      advice: [
        'Keep connections open: a pool in the application, or PgBouncer before the database.',
        'Find out who connects: log_connections = on, and the dimension db.application.',
      ],
      ...at(part),
      aas,
      about: aas > 0 ? [about('db.session_type', SHORT_LIVED, 'short-lived sessions')] : [],
    },
  ];
}
