import { baselineMs } from '../baseline.ts';
import { about, at, lasted, sessions, shares } from '../evidence.ts';
import type { AnalysisInput, Baseline, KeyedLoad } from '../input.ts';
import type { Finding } from '../model.ts';
import { averageIn, highestIn, loadOf, partWhere, rankedIn, smooth } from '../parts.ts';
import { THRESHOLDS } from '../thresholds.ts';
import { duration, figure, times, waitName } from '../wording.ts';

const { ratio: LEAST_RATIO, highRatio, leastMoreAas } = THRESHOLDS.baseline;

/** Load far above what it was in the time before. */
export function loadAboveBaseline(input: AnalysisInput): Finding[] {
  const { baseline } = input;
  if (baseline === null) return [];
  const total = loadOf(input, input.waits);
  const smoothed = smooth(input, total);
  const least = Math.max(baseline.aas * LEAST_RATIO, baseline.aas + leastMoreAas);
  const part = partWhere(input, (index) => (smoothed[index] ?? 0) >= least);
  if (part === null) return [];
  const aas = averageIn(input, total, part);
  const ratio = aas / Math.max(baseline.aas, 0.01);
  const waits = rankedIn(input, input.waits, part);
  const grown = mostGrown(waits, baseline);
  const mostly = grown === undefined ? '' : `, mostly ${waitName(grown.key)}`;
  return [
    {
      kind: 'load-above-baseline',
      severity: ratio >= highRatio ? 'high' : 'medium',
      title: `Load was ${times(ratio)} its baseline: ${sessions(aas)} instead of ${figure(baseline.aas)}${mostly}`,
      explanation:
        `In the ${duration(baselineMs(baseline))} before, ${figure(baseline.aas)} sessions were active on average. ` +
        'Other findings say what may have caused it.',
      evidence: [
        lasted(part),
        { name: 'load then', value: sessions(aas) },
        { name: 'highest', value: figure(highestIn(total, part)) },
        {
          name: 'baseline',
          value: `${sessions(baseline.aas)}, over ${duration(baseline.coveredSeconds * 1000)}`,
        },
        { name: 'waits', value: shares(waits, 4) },
        ...(grown === undefined
          ? []
          : [
              {
                name: 'grew most',
                value: `${waitName(grown.key)}: ${figure(grown.before)} to ${figure(grown.aas)}`,
              },
            ]),
      ],
      advice: [
        'Compare with the time before by SQL: what is new, or called more often, is the likely cause.',
        ...(grown === undefined ? [] : [`What grew most is ${waitName(grown.key)}: look at its statements.`]),
      ],
      ...at(part),
      aas: aas - baseline.aas,
      about: grown === undefined ? [] : [about('db.wait_event', grown.key, waitName(grown.key))],
    },
  ];
}

function mostGrown(waits: readonly KeyedLoad[], { waits: before }: Baseline) {
  const known = new Map(before.map(({ key, aas }) => [key, aas]));
  return waits
    .map(({ key, aas }) => ({ key, aas, before: known.get(key) ?? 0 }))
    .toSorted((a, b) => b.aas - b.before - (a.aas - a.before))
    .find(({ aas, before: usual }) => aas > usual);
}
