import { decidedPart } from '../decisions.ts';
import { at, lasted } from '../evidence.ts';
import type { AnalysisInput } from '../input.ts';
import type { Finding } from '../model.ts';
import { THRESHOLDS } from '../thresholds.ts';
import { duration, figure } from '../wording.ts';

/** Processes waited for a processor, and not for a limit of their own. */
export function hostSaturated(input: AnalysisInput): Finding[] {
  const part = decidedPart(input, (decision) => decision.hostSaturated);
  if (part === null) return [];
  const waited = part.decisions.flatMap(({ cpu }) => cpu?.waitingForHost ?? []);
  const most = Math.max(0, ...waited);
  return [
    {
      kind: 'host-saturated',
      severity: part.heldMs >= THRESHOLDS.capacity.highMs ? 'high' : 'medium',
      title: `The host was saturated for ${duration(part.heldMs)}: more capacity would not have helped`,
      explanation:
        'Sessions waited for a processor that something else on this host used, so capacity was left as it was.',
      evidence: [
        lasted(part),
        ...(most > 0 ? [{ name: 'waited for the host', value: `up to ${figure(most)} processes` }] : []),
      ],
      advice: [
        'Find what else uses the processors (top, or airglow cluster list), and move it or this database to another host.',
        'A higher maximum would not have helped: there was nothing to give.',
      ],
      ...at(part),
      aas: null,
      about: [],
    },
  ];
}
