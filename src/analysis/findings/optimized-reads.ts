import { about, at, lasted } from '../evidence.ts';
import type { AnalysisInput } from '../input.ts';
import type { Finding } from '../model.ts';
import { tierEstimate } from '../tier-estimate.ts';
import { bytes, duration, figure, percent } from '../wording.ts';
import { partOfReads } from './io.ts';

const GIB = 1024 ** 3;

/** Reads that a second cache tier on local NVMe would serve, of a database that Airglow runs without one. */
export function optimizedReads(input: AnalysisInput): Finding[] {
  const found = partOfReads(input);
  const estimate = found === null ? null : tierEstimate(input, found.part);
  if (found === null || estimate?.verdict.kind !== 'helps') return [];
  const { before, after, workingSetBytes, tierBytes, storageSeconds } = estimate;
  if (workingSetBytes === null || tierBytes === null || storageSeconds === null) return [];
  const spared = before.reads + before.tier - after.reads - after.tier;
  const size = Math.ceil(tierBytes / GIB);
  return [
    {
      kind: 'optimized-reads',
      severity: 'medium',
      title: `A second cache tier on local NVMe would take ${figure(spared)} of ${figure(before.reads)} waiting sessions off storage`,
      explanation:
        'Pages were read again after eviction, and would come back from local NVMe sooner than from storage. An estimate, at the same work done: ' +
        'clients that wait for their answers would do more of it instead.',
      evidence: [
        lasted(found.part),
        {
          name: 'waits for reads',
          value: `${figure(before.reads)} average active sessions, ${figure(after.reads + after.tier)} with a tier (${percent(estimate.savedShare)} less)`,
        },
        { name: 'whole load', value: `${figure(before.total)}, ${figure(after.total)} with a tier` },
        { name: 'read again', value: `${percent(estimate.rereadShare)} of the pages that came from storage` },
        {
          name: 'time of a page',
          value: `${duration(storageSeconds * 1000)} from storage, ${duration(estimate.tierSeconds * 1000)} from local NVMe`,
        },
        { name: 'working set', value: `about ${bytes(workingSetBytes)}` },
        ...(estimate.enoughMemoryBytes === null
          ? []
          : [{ name: 'makes no difference', value: `with ${bytes(estimate.enoughMemoryBytes)} of memory` }]),
        { name: 'assumed', value: estimate.assumptions.slice(1).join(' ') },
      ],
      advice: [
        `Give the host a second tier, on a folder of local NVMe: airglow host tiered-cache enable --path FOLDER --size ${size}`,
        `Let the database use it from its next start on: airglow cluster modify ${input.target} --tiered-cache ${size}`,
      ],
      ...at(found.part),
      aas: spared,
      about: before.waits
        .filter(({ key }) => found.about.some((one) => one.key === key))
        .map(({ key }) => about('db.wait_event', key)),
    },
  ];
}
