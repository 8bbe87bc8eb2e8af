import type { LoadSummary } from '../../load/summary.ts';
import { formatAas } from '../terminal/numbers.ts';

/** Differences below this share of the load are not worth a word. */
const TOLERATED_SHARE = 0.1;
const TOLERATED_AAS = 0.1;

/**
 * What PostgreSQL's own `active_time` says, and why where it differs. It counts a session from when it got a processor
 * and took up the statement, and books the time when the statement ends.
 */
export function crossCheck(summary: LoadSummary): string {
  const { activeTimeAas: counted, aas, standardError, cpuWaiting } = summary;
  if (counted === null)
    return 'PostgreSQL 14 and newer count active_time, a cross-check; here there is none.';
  const difference = aas - counted;
  const tolerated = Math.max(TOLERATED_AAS, TOLERATED_SHARE * aas, 3 * standardError);
  const says = `PostgreSQL's own active_time says ${formatAas(counted)}`;
  if (Math.abs(difference) <= tolerated) return `${says}, which agrees.`;
  if (difference < 0)
    return `${says}, which is more: it books a statement whole when it ends, earlier time included.`;
  if (cpuWaiting !== null && cpuWaiting >= difference / 2) {
    return `${says}: it does not see sessions that wait for a CPU before they can take up their statement.`;
  }
  return `${says}, which is less: it books a statement only when it ends. A longer measurement brings them together.`;
}
