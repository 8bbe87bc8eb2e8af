import { aboutSql, at, isLock, lasted, shares } from '../evidence.ts';
import type { AnalysisInput, KeyedSeries, SqlLoad } from '../input.ts';
import type { Finding, FindingSeverity } from '../model.ts';
import { averageIn, loadOf, meanIn, partWhere, secondsIn, smooth, wholeWindow } from '../parts.ts';
import { THRESHOLDS } from '../thresholds.ts';
import { duration, figure, percent, perSecond, sqlName, times } from '../wording.ts';

const LIMITS = THRESHOLDS.sql;

/** One statement that most of the load is of. */
export function dominatingSql(input: AnalysisInput): Finding[] {
  return input.sql.filter(({ key }) => key !== '').flatMap((series) => judge(input, series));
}

function judge(input: AnalysisInput, series: KeyedSeries): Finding[] {
  const total = loadOf(input, input.waits);
  const own = loadOf(input, [series]);
  const [meanTotal, meanOwn] = [smooth(input, total), smooth(input, own)];
  const part = partWhere(input, (index) => {
    const [all, mine] = [meanTotal[index] ?? 0, meanOwn[index] ?? 0];
    return mine >= LIMITS.leastAas && mine >= LIMITS.share * all;
  });
  if (part === null) return [];
  const ownSeconds = secondsIn(input, own, part);
  if (ownSeconds < LIMITS.partOfAll * secondsIn(input, total, wholeWindow(input))) return [];
  // Rounding may leave the whole below its part.
  const share = ownSeconds / Math.max(ownSeconds, secondsIn(input, total, part));
  const aas = averageIn(input, own, part);
  const sql = input.topSql.find(({ id }) => id === series.key) ?? null;
  const change = sql === null ? null : changeOf(sql);
  const isVictim = sql !== null && lockShare(sql) >= 0.5;
  const name = sqlName(series.key, input.texts);
  return [
    {
      kind: 'dominating-sql',
      severity: severityOf(aas, share, { isVictim, vcpus: meanIn(input.vcpus, part) }),
      title: `One statement was ${percent(share)} of the load: ${name}`,
      explanation: isVictim
        ? 'It mostly waited for locks, so whoever held them is the cause; see the finding on lock chains.'
        : (change?.sentence ?? `${figure(aas)} sessions on average ran it at the same time.`),
      evidence: [
        lasted(part),
        {
          name: 'load',
          value: `${figure(aas)} of ${figure(averageIn(input, total, part))} average active sessions`,
        },
        ...(sql === null ? [] : [{ name: 'it spent its time on', value: shares(sql.waits, 4) }]),
        ...(sql === null ? [] : statisticsEvidence(sql)),
      ],
      advice: adviceOf(change?.kind ?? null, isVictim),
      ...at(part),
      aas,
      about: aboutSql(series.key, input),
    },
  ];
}

function severityOf(
  aas: number,
  share: number,
  { isVictim, vcpus }: { readonly isVictim: boolean; readonly vcpus: number | null },
): FindingSeverity {
  if (isVictim) return 'low';
  return share >= LIMITS.highShare && aas >= (vcpus ?? 2) ? 'high' : 'medium';
}

function lockShare({ aas, waits }: SqlLoad): number {
  const locked = waits.reduce((sum, wait) => sum + (isLock(wait.key) ? wait.aas : 0), 0);
  return aas > 0 ? locked / aas : 0;
}

function statisticsEvidence({ statistics, before }: SqlLoad): Finding['evidence'] {
  if (statistics === null) return [];
  const usual = before?.statistics ?? null;
  const was = (text: string | null): string => (text === null ? '' : `, before ${text}`);
  const mean = statistics.meanMs === null ? null : duration(statistics.meanMs);
  const usualMean = usual === null || usual.meanMs === null ? null : duration(usual.meanMs);
  return [
    {
      name: 'calls',
      value: perSecond(statistics.callsPerSecond) + was(usual && perSecond(usual.callsPerSecond)),
    },
    ...(mean === null ? [] : [{ name: 'mean time of a call', value: mean + was(usualMean) }]),
  ];
}

interface Change {
  readonly kind: 'new' | 'slower' | 'more-calls';
  readonly sentence: string;
}

/** Whether it became slower, or is called more often. */
function changeOf({ statistics, before }: SqlLoad): Change | null {
  if (before === null || statistics === null) return null;
  const usual = before.statistics;
  if (usual === null || usual.callsPerSecond === 0)
    return before.aas < 0.01 ? { kind: 'new', sentence: 'It did not run in the time before.' } : null;
  const calls = statistics.callsPerSecond / usual.callsPerSecond;
  const slower = (statistics.meanMs ?? 0) / (usual.meanMs ?? Number.POSITIVE_INFINITY);
  if (slower >= LIMITS.changeRatio && slower >= calls)
    return { kind: 'slower', sentence: `A call took ${times(slower)} as long as before.` };
  if (calls >= LIMITS.changeRatio)
    return { kind: 'more-calls', sentence: `It was called ${times(calls)} as often as before.` };
  return null;
}

function adviceOf(change: Change['kind'] | null, isVictim: boolean): string[] {
  if (isVictim) return ['Mend what blocks it first; the statement itself need not be slow.'];
  const explain =
    'Look at its plan with EXPLAIN (ANALYZE, BUFFERS): a missing index or a changed plan shows there.';
  if (change === 'slower') return [explain, 'Run ANALYZE on its tables if their contents have changed much.'];
  if (change === 'more-calls')
    return ['Find out who calls it so often; cache its answer or ask for several rows at once.', explain];
  return [explain];
}
