import { TIER_WAIT } from '../../capacity/optimized-reads/waits.ts';
import { at, culpritEvidence } from '../evidence.ts';
import type { AnalysisInput } from '../input.ts';
import type { Finding } from '../model.ts';
import { meanIn } from '../parts.ts';
import { bytes, duration, figure } from '../wording.ts';
import { memoryAdvice, partOfWaits } from './io.ts';

const TIER: ReadonlySet<string> = new Set([TIER_WAIT]);

/** Sessions that waited for pages from the second cache tier: it is sooner than storage, and not as soon as memory. */
export function waitsForTier(input: AnalysisInput): Finding[] {
  const found = partOfWaits(input, TIER);
  if (found === null) return [];
  const { part, aas, severity } = found;
  const sizeBytes = meanIn(input.counters.tierSizeBytes, part);
  const readMs = meanIn(input.counters.localReadMs, part);
  const most = culpritEvidence(input, (key) => TIER.has(key), 'most by');
  return [
    {
      kind: 'cache-too-small',
      severity,
      title: `Memory was too small for what is used most: ${figure(aas)} sessions waited for pages from the tiered cache`,
      explanation:
        'These pages were in the second cache tier, on local storage. Without it they would have come from where the data is; with more ' +
        'memory they would not have left it.',
      evidence: [
        ...found.evidence,
        ...(sizeBytes === null ? [] : [{ name: 'tiered cache', value: bytes(sizeBytes) }]),
        ...(readMs === null ? [] : [{ name: 'time of a read of the local disk', value: duration(readMs) }]),
        ...most.evidence,
      ],
      advice: [
        ...memoryAdvice(input),
        'Put the tier on a faster local disk: airglow host tiered-cache status says where it is, iostat -x 1 whether that is at its limit.',
      ],
      ...at(part),
      aas,
      about: [...found.about, ...most.about],
    },
  ];
}
