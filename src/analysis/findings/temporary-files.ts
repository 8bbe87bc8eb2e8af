import { aboutSql, at, lasted } from '../evidence.ts';
import type { AnalysisInput } from '../input.ts';
import type { Finding } from '../model.ts';
import { averageIn, loadOf, meanIn, partWhere, totalIn } from '../parts.ts';
import type { Part } from '../parts.ts';
import { THRESHOLDS } from '../thresholds.ts';
import { bytes, percent, sqlName } from '../wording.ts';

const LIMITS = THRESHOLDS.temporaryFiles;

/** Sorts and hashes that did not fit into work_mem. */
export function temporaryFiles(input: AnalysisInput): Finding[] {
  const { counters, periodMs, coveredMs } = input;
  const waits = loadOf(input, input.waits, isTemporary);
  const total = loadOf(input, input.waits);
  const least = (LIMITS.leastBytesPerSecond * periodMs) / 1000;
  const part = partWhere(
    input,
    (index) => {
      const waited = waits[index] ?? 0;
      const isWaiting = waited >= LIMITS.waitShare * (total[index] ?? 0) && waited >= 0.5;
      return (counters.tempBytes[index] ?? 0) >= least || isWaiting;
    },
    0,
  );
  if (part === null) return [];
  const written = totalIn(counters.tempBytes, part) ?? 0;
  const aas = averageIn(input, waits, part);
  const load = averageIn(input, total, part);
  const share = load > 0 ? aas / load : 0;
  if (written < LIMITS.leastBytes && (share < LIMITS.waitShare || part.heldMs < THRESHOLDS.leastMs))
    return [];
  const coveredSeconds = part.periods.reduce((sum, index) => sum + (coveredMs[index] ?? 0), 0) / 1000;
  const rate = coveredSeconds > 0 ? written / coveredSeconds : 0;
  const files = totalIn(counters.tempFiles, part);
  const culprit = writerOf(input);
  const isMedium = rate >= LIMITS.mediumBytesPerSecond || share >= LIMITS.mediumWaitShare;
  const by = culprit === null ? '' : `, most by ${sqlName(culprit.id, input.texts)}`;
  return [
    {
      kind: 'temporary-files',
      severity: isMedium ? 'medium' : 'low',
      title: `Sorts and hashes wrote ${bytes(written)} to temporary files${by}`,
      explanation: 'What does not fit into work_mem goes to disk, and is read back from there.',
      evidence: [
        lasted(part),
        { name: 'written', value: bytes(written) },
        ...(files === null || files < 1 ? [] : [{ name: 'files', value: String(Math.round(files)) }]),
        ...(share < 0.01 ? [] : [{ name: 'waits for them', value: `${percent(share)} of the load` }]),
        ...(culprit === null
          ? []
          : [
              { name: 'most by', value: `${sqlName(culprit.id, input.texts)} (${bytes(culprit.tempBytes)})` },
            ]),
      ],
      advice: [
        "Give more memory to who needs it, not to all: ALTER ROLE ... SET work_mem = '64MB'",
        'See whether an index spares the sort, or a condition the rows: EXPLAIN (ANALYZE, BUFFERS) says "external merge" or "Batches".',
        ...localStorageAdvice(input, part),
      ],
      ...at(part),
      aas: share < 0.01 ? null : aas,
      about: culprit === null ? [] : aboutSql(culprit.id, input),
    },
  ];
}

/** For databases that Airglow runs, where it is not on. */
function localStorageAdvice({ capacity, counters, target }: AnalysisInput, part: Part): string[] {
  if (capacity === null || meanIn(counters.tempLocalBytes, part) !== null) return [];
  return [
    `Let them go to a folder of local NVMe instead of where the data is: airglow cluster modify ${target} --local-storage FOLDER`,
  ];
}

function isTemporary(waitEvent: string): boolean {
  return waitEvent.startsWith('IO:BufFile');
}

function writerOf({ topSql }: AnalysisInput): { readonly id: string; readonly tempBytes: number } | null {
  const writers = topSql
    .map(({ id, statistics }) => ({ id, tempBytes: statistics?.tempBytes ?? 0 }))
    .toSorted((a, b) => b.tempBytes - a.tempBytes);
  const [first] = writers;
  return first !== undefined && first.id !== '' && first.tempBytes > 0 ? first : null;
}
