import type { Verdict } from '../../capacity/optimized-reads/model.ts';
import {
  figure,
  LEAST_SHARE,
  LITTLE_IO,
  localAlready,
  notHelping,
  percent,
  size,
} from '../../capacity/optimized-reads/verdict.ts';
import type { LoadRow, TieredRun } from './model.ts';

/** Less than this is within what the model errs by. */
const WORTH_SAYING = 0.03;
/** Fewer ACU-hours than this are worth a tier. */
const LEAST_FEWER_ACU = 0.05;

/** What a tier does to the capacity that the same policy chooses. */
export function capacityRemark(without: TieredRun, tiered: TieredRun): string {
  const change = without.acuHours > 0 ? tiered.acuHours / without.acuHours - 1 : 0;
  if (Math.abs(change) < WORTH_SAYING)
    return 'The same policy would choose about the same capacity: something else than memory asks for it.';
  const [less, hours] = [change < 0, `${figure(without.acuHours)} to ${figure(tiered.acuHours)} ACU-hours`];
  return (
    `The same policy would choose ${less ? 'less' : 'more'} capacity, ${percent(Math.abs(change))} ${less ? 'fewer' : 'more'} ACU-hours (${hours}), ` +
    (less ? 'since memory need not hold the whole working set.' : 'since pages from the tier cost CPU.')
  );
}

export interface ReplayFacts {
  readonly workingSetBytes: number;
  readonly tierBytes: number;
  readonly storageSeconds: number;
  readonly localSeconds: number;
  readonly load: readonly LoadRow[];
  readonly without: TieredRun;
  readonly with: TieredRun;
}

/** Of a load that nobody recorded: from the replays alone. */
export function replayVerdict(facts: ReplayFacts): Verdict {
  const { workingSetBytes, tierBytes, storageSeconds, localSeconds, without, with: tiered } = facts;
  const local = localAlready(storageSeconds, localSeconds);
  if (local !== null) return local;
  const [reads, all] = [readsIn(facts.load), facts.load.at(-1) ?? { before: 0, after: 0 }];
  const fewerAcu = without.acuHours > 0 ? 1 - tiered.acuHours / without.acuHours : 0;
  const isIoLess = reads.before >= LITTLE_IO * all.before && 1 - reads.after / reads.before >= LEAST_SHARE;
  if (fewerAcu >= LEAST_FEWER_ACU || (isIoLess && fewerAcu > -WORTH_SAYING)) {
    const price = reads.after > reads.before ? ', at the price of' : ', and';
    return {
      kind: 'helps',
      sentence:
        `A second cache tier of ${size(tierBytes)} would help: ${percent(Math.max(0, fewerAcu))} fewer ACU-hours${price} ${figure(reads.after)} instead of ` +
        `${figure(reads.before)} average active sessions that wait for pages.`,
    };
  }
  if (tierBytes < workingSetBytes && reads.after >= LITTLE_IO * all.after)
    return notHelping(
      'too-large',
      `the working set (${size(workingSetBytes)}) is larger than memory and a tier of ${size(tierBytes)}`,
    );
  return notHelping(
    'fits-memory',
    `the working set (${size(workingSetBytes)}) fits into the memory that the load has anyway`,
  );
}

function readsIn(load: readonly LoadRow[]): Omit<LoadRow, 'name'> {
  const rows = load.filter(({ name }) => name.startsWith('pages from'));
  const sum = (side: 'before' | 'after'): number => rows.reduce((total, one) => total + one[side], 0);
  return { before: sum('before'), after: sum('after') };
}
