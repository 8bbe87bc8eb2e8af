import { awakeMinimum } from '../../capacity/acu.ts';
import type { HoldKind } from '../../capacity/model.ts';
import { decidedMs, decidedPart, highestDemand } from '../decisions.ts';
import type { DecidedPart } from '../decisions.ts';
import { at, lasted } from '../evidence.ts';
import type { AnalysisInput, RecordedDecision } from '../input.ts';
import type { Finding } from '../model.ts';
import { averageIn, loadOf, wholeWindow } from '../parts.ts';
import { THRESHOLDS } from '../thresholds.ts';
import { duration, figure } from '../wording.ts';

const LIMITS = THRESHOLDS.capacity;

/** Capacity that something other than load kept up, or that was not paused though nobody used it. */
export function capacityHeld(input: AnalysisInput): Finding[] {
  return [
    ...heldByMinimum(input),
    ...heldByMemory(input),
    ...notObserved(input),
    ...pauseBlocked(input),
    ...keptAwake(input),
  ];
}

function heldByMinimum(input: AnalysisInput): Finding[] {
  const part = mostOf(
    input,
    ({ hold, toAcu, demandAcu }) => hold.kind === 'minimum' && isAbove(toAcu, demandAcu),
  );
  if (part === null) return [];
  const minimum = part.decisions.at(-1)?.toAcu ?? 0;
  // The least that is awake is not a choice.
  if (minimum <= awakeMinimum(0)) return [];
  const demand = highestDemand(part.decisions) ?? 0;
  const wanted = figure(Math.max(awakeMinimum(0), Math.ceil(demand * 2) / 2));
  return [
    held(part, {
      title: `The minimum kept capacity at ${figure(minimum)} ACU, while no more than ${figure(demand)} was asked for`,
      explanation:
        'A high minimum keeps a cache warm and is there at once; otherwise it is paid for and not used.',
      hold: 'its minimum',
      demand,
      advice: [`Lower the minimum: airglow cluster modify ${input.target} --min-capacity ${wanted}`],
    }),
  ];
}

const MEMORY_HOLDS: ReadonlySet<HoldKind> = new Set(['cache-needed', 'memory-step']);

function heldByMemory(input: AnalysisInput): Finding[] {
  const part = mostOf(
    input,
    ({ hold, toAcu, demandAcu }) => MEMORY_HOLDS.has(hold.kind) && isAbove(toAcu, demandAcu),
  );
  if (part === null) return [];
  const capacity = part.decisions.at(-1)?.toAcu ?? 0;
  const demand = highestDemand(part.decisions) ?? 0;
  const isNeeded = part.decisions.at(-1)?.hold.kind === 'cache-needed';
  return [
    held(part, {
      title: `The cache kept capacity at ${figure(capacity)} ACU, while no more than ${figure(demand)} was asked for`,
      explanation: isNeeded
        ? 'When memory was given back, pages had to be read again, so it is kept for a while.'
        : 'Memory is given back in small steps, so that what is needed of the cache shows before it is gone.',
      hold: isNeeded
        ? 'cache-needed: pages had to be read again'
        : 'memory-step: memory is given back in small steps',
      demand,
      advice: ['Nothing need be done: it goes down by itself once the cache is not read any more.'],
    }),
  ];
}

function notObserved(input: AnalysisInput): Finding[] {
  const part = decidedPart(input, ({ hold }) => hold.kind === 'missing-observation', 60_000);
  if (part === null) return [];
  const what = part.decisions.at(-1)?.hold.resource ?? 'something';
  const capacity = part.decisions.at(-1)?.toAcu ?? 0;
  return [
    {
      ...held(part, {
        title: `Capacity could not be lowered from ${figure(capacity)} ACU for ${duration(part.heldMs)}, since ${what} could not be observed`,
        explanation: 'What is not known lowers nothing: it might be in use.',
        hold: `missing-observation: ${what}`,
        demand: highestDemand(part.decisions),
        advice: [
          `See why it cannot be observed: airglow cluster explain ${input.target}, and the log of airglow up.`,
        ],
      }),
      severity: 'medium',
    },
  ];
}

/** Nobody uses it, and something keeps it from being paused. */
function pauseBlocked(input: AnalysisInput): Finding[] {
  const part = decidedPart(input, ({ pause }) => pause?.kind === 'blocked', LIMITS.pauseHeldMs);
  if (part === null) return [];
  const details = part.decisions.flatMap(({ pause }) =>
    pause?.kind === 'blocked' ? pause.blockers.map(({ detail }) => detail) : [],
  );
  const names = [...new Set(details)].slice(0, 3).join('; ');
  return [
    held(part, {
      title: `It was not paused for ${duration(part.heldMs)} although nobody used it: ${names}`,
      explanation: 'Pausing would cut off what still needs it.',
      hold: names,
      demand: null,
      advice: ['End what holds it awake if it is not needed, or accept that it is awake.'],
    }),
  ];
}

/** Somebody uses it, and yet it has nothing to do: mostly a monitor. */
function keptAwake(input: AnalysisInput): Finding[] {
  if (input.capacity?.minAcu !== 0) return [];
  const load = averageIn(input, loadOf(input, input.waits), wholeWindow(input));
  if (load > LIMITS.idleAas) return [];
  const part = decidedPart(input, ({ pause }) => pause?.kind === 'active', LIMITS.pauseHeldMs);
  if (part === null || part.heldMs < LIMITS.heldShare * decidedMs(input)) return [];
  const users = part.decisions.flatMap(({ pause }) =>
    pause?.kind === 'active' && pause.by !== null ? [pause.by] : [],
  );
  const who = [...new Set(users)].slice(0, 2).join(' and ') || 'somebody';
  return [
    held(part, {
      title: `It was kept awake for ${duration(part.heldMs)} by ${who}, with next to no load`,
      explanation: 'Health checks and exporters that ask now and then keep it from being paused.',
      hold: `in use by ${who}`,
      demand: null,
      advice: [
        `Let it not count: airglow cluster modify ${input.target} --ignore-activity application=NAME`,
        'Or have it ask less often than the time until it is paused.',
      ],
    }),
  ];
}

/** For most of what is known of the window. */
function mostOf(input: AnalysisInput, fits: (decision: RecordedDecision) => boolean): DecidedPart | null {
  const part = decidedPart(input, fits, LIMITS.pauseHeldMs);
  return part !== null && part.heldMs >= LIMITS.heldShare * decidedMs(input) ? part : null;
}

function isAbove(capacityAcu: number, demandAcu: number | null): boolean {
  return demandAcu !== null && capacityAcu - demandAcu >= LIMITS.heldAcu;
}

interface HeldWords {
  readonly title: string;
  readonly explanation: string;
  readonly hold: string;
  readonly demand: number | null;
  readonly advice: readonly string[];
}

function held(part: DecidedPart, { title, explanation, hold, demand, advice }: HeldWords): Finding {
  return {
    kind: 'capacity-held',
    severity: 'low',
    title,
    explanation,
    evidence: [
      lasted(part),
      { name: 'held by', value: hold },
      ...(demand === null ? [] : [{ name: 'highest demand', value: `${figure(demand)} ACU` }]),
    ],
    advice,
    ...at(part),
    aas: null,
    about: [],
  };
}
