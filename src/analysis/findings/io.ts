import { READ_WAITS } from '../../capacity/optimized-reads/waits.ts';
import { about, at, culpritEvidence, lasted, type Evidence } from '../evidence.ts';
import { hostRoom } from '../host-room.ts';
import type { AnalysisInput, PerPeriod } from '../input.ts';
import type { Finding, FindingSeverity } from '../model.ts';
import { averageIn, loadOf, meanIn, partWhere, rankedIn, smooth, totalIn } from '../parts.ts';
import type { Part } from '../parts.ts';
import { THRESHOLDS } from '../thresholds.ts';
import { whyNoTier } from '../tier-estimate.ts';
import { bytes, duration, figure, percent, sqlName, waitName } from '../wording.ts';

const LIMITS = THRESHOLDS.io;
const WAL: ReadonlySet<string> = new Set([
  'IO:WALSync',
  'IO:WalSync',
  'IO:WALWrite',
  'IO:WalWrite',
  'IO:WALSyncMethodAssign',
  'LWLock:WALWrite',
]);

/** Sessions that waited for reads: the cache is too small, or the storage is slow. */
export function waitsForReads(input: AnalysisInput): Finding[] {
  const found = partOfReads(input);
  if (found === null) return [];
  const cache = cacheFigures(input, found.part);
  const isSmall = cache.isRefaulting || (cache.isMissing && !cache.isSlow);
  return [isSmall ? cacheTooSmall(input, found, cache) : slowReads(input, found, cache)];
}

/** Commits that waited for the log to reach the disk. */
export function waitsForWal(input: AnalysisInput): Finding[] {
  const found = partOfWaits(input, WAL);
  if (found === null) return [];
  const { part, aas } = found;
  const most = culpritEvidence(input, (key) => WAL.has(key), 'most by');
  return [
    {
      kind: 'slow-storage',
      severity: found.severity,
      title: `Commits waited for the log to reach the disk: ${figure(aas)} sessions on average`,
      explanation:
        'Each commit waits for its part of the write-ahead log (WAL); a slow disk, or very many small commits, make that the bottleneck.',
      evidence: [...found.evidence, ...most.evidence],
      advice: [
        'Commit less often: several changes in one transaction wait once.',
        'Where the last few commits may be lost in a crash: SET synchronous_commit = off, for those transactions only.',
        'Put the log (pg_wal) on faster storage.',
      ],
      ...at(part),
      aas,
      about: [...found.about, ...most.about],
    },
  ];
}

export interface WaitPart {
  readonly part: Part;
  readonly aas: number;
  readonly severity: FindingSeverity;
  readonly evidence: readonly Evidence[];
  readonly about: Finding['about'];
}

/** Where waits for reads are a good part of the load; null where they nowhere are. */
export function partOfReads(input: AnalysisInput): WaitPart | null {
  return partOfWaits(input, READ_WAITS);
}

/** The same of any wait events. */
export function partOfWaits(input: AnalysisInput, events: ReadonlySet<string>): WaitPart | null {
  const total = loadOf(input, input.waits);
  const own = loadOf(input, input.waits, (key) => events.has(key));
  const [meanTotal, meanOwn] = [smooth(input, total), smooth(input, own)];
  const part = partWhere(input, (index) => {
    const mine = meanOwn[index] ?? 0;
    return mine >= LIMITS.leastAas && mine >= LIMITS.share * (meanTotal[index] ?? 0);
  });
  if (part === null) return null;
  const aas = averageIn(input, own, part);
  const share = aas / averageIn(input, total, part);
  const waits = rankedIn(
    input,
    input.waits.filter(({ key }) => events.has(key)),
    part,
  );
  return {
    part,
    aas,
    severity: share >= LIMITS.highShare && aas >= 2 ? 'high' : 'medium',
    evidence: [
      lasted(part),
      { name: 'waits', value: `${figure(aas)} average active sessions, ${percent(share)} of the load` },
      {
        name: 'for',
        value: waits.map(({ key, aas: load }) => `${waitName(key)} ${figure(load)}`).join(', '),
      },
    ],
    about: waits.slice(0, 2).map(({ key }) => about('db.wait_event', key)),
  };
}

interface CacheFigures {
  readonly refaults: number | null;
  readonly hitRatio: number | null;
  readonly usualRatio: number | null;
  readonly readMs: number | null;
  readonly isRefaulting: boolean;
  readonly isMissing: boolean;
  readonly isSlow: boolean;
}

function cacheFigures({ counters, baseline }: AnalysisInput, part: Part): CacheFigures {
  const refaults = meanIn(counters.refaultBytesPerSecond, part);
  const hitRatio = ratioOf(totalIn(counters.blksHit, part), totalIn(counters.blksRead, part));
  const readMs = readTime(counters.blkReadTime, counters.blksRead, part);
  return {
    refaults,
    hitRatio,
    usualRatio: ratioOf(baseline?.blksHit ?? null, baseline?.blksRead ?? null),
    readMs,
    isRefaulting: refaults !== null && refaults >= LIMITS.refaultBytesPerSecond,
    // Where pages that are read again are counted, and are none, the cache is not what is missing.
    isMissing: refaults === null && hitRatio !== null && hitRatio < LIMITS.hitRatio,
    isSlow: readMs !== null && readMs >= LIMITS.slowReadMs,
  };
}

function ratioOf(hits: number | null, reads: number | null): number | null {
  return hits === null || reads === null || hits + reads === 0 ? null : hits / (hits + reads);
}

/** Null where reads are not timed. */
function readTime(times: PerPeriod, blocks: PerPeriod, part: Part): number | null {
  const [ms, read] = [totalIn(times, part) ?? 0, totalIn(blocks, part) ?? 0];
  return ms > 0 && read >= 1 ? ms / read : null;
}

function cacheEvidence({ refaults, hitRatio, usualRatio, readMs }: CacheFigures): Evidence[] {
  const usual = usualRatio === null ? '' : `, before ${percent(usualRatio)}`;
  return [
    ...(refaults === null
      ? []
      : [{ name: 'read again after eviction', value: `${bytes(refaults)} a second` }]),
    ...(hitRatio === null ? [] : [{ name: 'found in shared buffers', value: percent(hitRatio) + usual }]),
    ...(readMs === null ? [] : [{ name: 'time of a read', value: duration(readMs) }]),
  ];
}

function cacheTooSmall(input: AnalysisInput, found: WaitPart, cache: CacheFigures): Finding {
  const most = culpritEvidence(input, (key) => READ_WAITS.has(key), 'most by');
  return {
    kind: 'cache-too-small',
    severity: found.severity,
    title: `The cache was too small: ${figure(found.aas)} sessions waited for pages to be read`,
    explanation: withTier(
      cache.isRefaulting
        ? 'Pages were evicted from memory and had to be read again, so more memory would have spared the reads.'
        : 'Many pages were not in shared buffers. Whether the system had them in its own cache is not known here.',
      input,
      found,
    ),
    evidence: [...found.evidence, ...cacheEvidence(cache), ...most.evidence],
    advice: [...memoryAdvice(input), ...readAdvice(most.id, input)],
    ...at(found.part),
    aas: found.aas,
    about: [...found.about, ...most.about],
  };
}

function slowReads(input: AnalysisInput, found: WaitPart, cache: CacheFigures): Finding {
  const most = culpritEvidence(input, (key) => READ_WAITS.has(key), 'most by');
  const each = cache.readMs === null ? '' : `; a read took ${duration(cache.readMs)}`;
  return {
    kind: 'slow-storage',
    severity: found.severity,
    title: `Sessions waited for storage: ${figure(found.aas)} on average${each}`,
    explanation: withTier(
      cache.refaults === null
        ? 'Reads were slow for what they are. Whether more memory would spare them is not known here.'
        : 'These pages had not been in memory before, so more memory would not have spared these reads.',
      input,
      found,
    ),
    evidence: [...found.evidence, ...cacheEvidence(cache), ...most.evidence],
    advice: [
      ...readAdvice(most.id, input),
      'Check the storage: iostat -x 1 shows its latency and whether it is at its limit.',
      ...(cache.readMs === null ? ['Set track_io_timing = on, so that the time of a read is known.'] : []),
    ],
    ...at(found.part),
    aas: found.aas,
    about: [...found.about, ...most.about],
  };
}

/** Where a second tier would help, a finding of its own says so. */
function withTier(explanation: string, input: AnalysisInput, { part }: WaitPart): string {
  const why = whyNoTier(input, part);
  return why === null ? explanation : `${explanation} ${why}`;
}

/** How to give it more memory. */
export function memoryAdvice(input: AnalysisInput): string[] {
  const { capacity, target } = input;
  if (capacity === null) return ['Give the database more memory: a larger host, or a larger shared_buffers.'];
  const { minAcu, maxAcu, hostAcu } = capacity;
  const mostAcu = hostAcu ?? Number.POSITIVE_INFINITY;
  const least = minAcu === null ? 'N' : Math.min(minAcu * 2 || 1, maxAcu ?? mostAcu);
  const most = maxAcu === null ? 'N' : Math.min(maxAcu * 2, mostAcu);
  const { isUsedUp, advice } = hostRoom(input, null);
  return [
    isUsedUp
      ? `If it was at its maximum: ${advice.charAt(0).toLowerCase()}${advice.slice(1)}`
      : `If it was at its maximum, raise that: airglow cluster modify ${target} --max-capacity ${most}`,
    ...(least === minAcu
      ? []
      : [
          `If the cache was given up in quiet times, raise its minimum: airglow cluster modify ${target} --min-capacity ${least}`,
        ]),
  ];
}

function readAdvice(id: string, { texts }: AnalysisInput): string[] {
  if (id === '') return ['Look for statements that read whole tables; an index spares most of their reads.'];
  return [`See whether an index spares its reads, by EXPLAIN (ANALYZE, BUFFERS): ${sqlName(id, texts)}`];
}
