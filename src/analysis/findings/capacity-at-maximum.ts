import { roundUpToGrid } from '../../capacity/acu.ts';
import type { CapKind } from '../../capacity/model.ts';
import { decidedPart, highestDemand } from '../decisions.ts';
import type { DecidedPart } from '../decisions.ts';
import { at, lasted } from '../evidence.ts';
import { hostRoom } from '../host-room.ts';
import type { AnalysisInput } from '../input.ts';
import type { Finding } from '../model.ts';
import { THRESHOLDS } from '../thresholds.ts';
import { duration, figure } from '../wording.ts';

const LIMITS = THRESHOLDS.capacity;
const CAPS: readonly CapKind[] = ['maximum', 'host-share', 'token-bucket'];

/** Demand that a bound kept from being served; each bound for itself. */
export function capacityAtMaximum(input: AnalysisInput): Finding[] {
  return CAPS.flatMap((cap) => {
    const part = decidedPart(input, (decision) => decision.cap === cap);
    return part === null ? [] : [findingOf(input, cap, part)];
  });
}

function findingOf(input: AnalysisInput, cap: CapKind, part: DecidedPart): Finding {
  const capacity = part.decisions.reduce((most, { toAcu }) => Math.max(most, toAcu), 0);
  const demand = highestDemand(part.decisions);
  const asker = part.decisions.at(-1)?.binding ?? null;
  const asked =
    demand === null
      ? ''
      : `, while ${asker === 'cpu' ? 'CPU' : (asker ?? 'demand')} asked for up to ${figure(demand)}`;
  const words = WORDS[cap];
  return {
    kind: 'capacity-at-maximum',
    severity: part.heldMs >= LIMITS.highMs ? 'high' : 'medium',
    title: `Capacity was held at ${figure(capacity)} ACU ${words.by} for ${duration(part.heldMs)}${asked}`,
    explanation: words.explanation,
    evidence: [
      lasted(part),
      { name: 'bound', value: words.name },
      { name: 'capacity', value: `${figure(capacity)} ACU` },
      ...(demand === null ? [] : [{ name: 'demand', value: `up to ${figure(demand)} ACU` }]),
    ],
    advice: adviceOf(input, cap, { part, capacity, demand }),
    ...at(part),
    aas: null,
    about: [],
  };
}

const WORDS: Readonly<
  Record<CapKind, { readonly name: string; readonly by: string; readonly explanation: string }>
> = {
  maximum: {
    name: 'its maximum',
    by: 'by its maximum',
    explanation:
      'Demand above the maximum waits, which shows as waiting for CPU or as reads of pages that find no room.',
  },
  'host-share': {
    name: 'its share of the host',
    by: 'by its share of the host',
    explanation: 'The databases of this host wanted more than it has, so each got its share.',
  },
  'token-bucket': {
    name: 'the pace of growth (token bucket)',
    by: 'by the pace of growth',
    explanation:
      'While databases contend for a host, each may grow only so fast, so that one cannot take all of it at once.',
  },
};

function adviceOf(
  input: AnalysisInput,
  cap: CapKind,
  {
    part,
    capacity,
    demand,
  }: { readonly part: DecidedPart; readonly capacity: number; readonly demand: number | null },
): string[] {
  const { target, capacity: record } = input;
  if (cap !== 'maximum')
    return [
      'Move a database to another host, or lower the maximum of one that matters less.',
      `Raise the minimum of the one that matters most, which is always granted: airglow cluster modify ${target} --min-capacity ${figure(capacity)}`,
    ];
  const maximum = record?.maxAcu ?? capacity;
  if (maximum > capacity) return [`Its maximum is ${figure(maximum)} ACU by now; nothing is left to do.`];
  const { isUsedUp, mostAcu, advice } = hostRoom(input, part);
  if (isUsedUp) return [advice];
  const wanted = Math.min(
    Math.max(roundUpToGrid(demand ?? capacity), capacity * 2),
    mostAcu ?? Number.POSITIVE_INFINITY,
  );
  const most = mostAcu === null ? '' : ` (this host has ${figure(mostAcu)} ACU at most)`;
  return [
    `Raise the maximum above ${figure(capacity)} ACU${most}: airglow cluster modify ${target} --max-capacity ${figure(wanted)}`,
    'Or make what asks for most cheaper; see the findings on CPU and on SQL.',
  ];
}
