import type { CountersAnswer } from '../../../../../src/api/answers.ts';
import type { Cell } from '../../../ui/csv.ts';

type Figures = readonly (number | null)[];

/** As the daemon records them: means of ten seconds each. The first two are there without Optimized Reads, too. */
export const READ_METRICS = [
  'tier.storage_reads_per_second',
  'storage.read_ms',
  'tier.size_bytes',
  'tier.used_bytes',
  'tier.hits_per_second',
  'tier.hit_ratio',
  'tier.read_ms',
  'local.free_bytes',
  'local.read_iops',
  'local.write_iops',
  'local.read_bytes_per_second',
  'local.write_bytes_per_second',
  'local.read_ms',
  'local.write_ms',
  'temp.local_bytes',
  'temp.data_bytes',
] as const;
export type ReadMetric = (typeof READ_METRICS)[number];
const OF_EVERYBODY: ReadonlySet<string> = new Set(READ_METRICS.slice(0, 2));

export type ReadLines = Readonly<Record<ReadMetric, Figures>>;

const EVERY_MS = 10_000;
/** A point comes with the first tick after its time. */
const LONGEST_MS = 13_000;

/** Whether any part of Optimized Reads was on in this time. */
export function hasReads({ series }: CountersAnswer): boolean {
  return series.some(
    ({ metric, points }) => !OF_EVERYBODY.has(metric) && points.some(({ value }) => value !== null),
  );
}

/** The figures at the periods of another chart, so that one pointer is at the same place in all of them. */
export function readsAt(atMs: readonly number[], periodMs: number, { series }: CountersAnswer): ReadLines {
  const entries = READ_METRICS.map((metric) => {
    const points = series.find((one) => one.metric === metric)?.points ?? [];
    const valueAt = new Map(points.map((point) => [point.atMs, point.value]));
    const figures = atMs.map((at) => valueAt.get(at) ?? null);
    return [metric, periodMs < EVERY_MS ? spread(atMs, figures) : figures] as const;
  });
  return Object.fromEntries(entries) as unknown as ReadLines;
}

/** A point is the mean of the time before it. */
function spread(atMs: readonly number[], figures: Figures): Figures {
  const spreadOut = [...figures];
  let [next, nextMs]: [number | null, number] = [null, 0];
  for (let index = figures.length - 1; index >= 0; index--) {
    const [value, at] = [figures[index] ?? null, atMs[index] ?? 0];
    if (value !== null) [next, nextMs] = [value, at];
    else if (next !== null && nextMs - at < LONGEST_MS) spreadOut[index] = next;
  }
  return spreadOut;
}

export function csvOfReads(atMs: readonly number[], lines: ReadLines): readonly (readonly Cell[])[] {
  return [
    ['at', ...READ_METRICS.map((metric) => metric.replace('.', '_'))],
    ...atMs.map((at, index) => [
      new Date(at).toISOString(),
      ...READ_METRICS.map((metric) => lines[metric][index] ?? null),
    ]),
  ];
}
