import type { CapacityChange, HeldStretch, PauseSpan, RecordedDecision } from './model.ts';

/** Holds worth telling of: `demand` and `minimum` are how it should be, and a small saving is no loss. */
const TOLD_HOLDS: ReadonlySet<string> = new Set([
  'recent-demand',
  'memory-step',
  'cache-needed',
  'missing-observation',
  'resume-boost',
]);

/** Decisions that say the same are recorded every ten seconds; looks in between may say something else for a moment. */
const LONGEST_BREAK_MS = 15_000;
/** From the decision to pause until everything is frozen. */
const FALLING_ASLEEP_MS = 30_000;

/** Decisions that changed capacity, newest first; `decisions` oldest first. Pauses that did not come about are left out. */
export function changesOf(
  decisions: readonly RecordedDecision[],
  pauses: readonly PauseSpan[],
): CapacityChange[] {
  return decisions
    .filter(({ fromAcu, toAcu }) => fromAcu !== toAcu)
    .filter(({ atMs, toAcu }) => toAcu > 0 || pauses.some((pause) => beganAfter(pause, atMs)))
    .map(({ atMs, fromAcu, toAcu, reason }) => ({ atMs, fromAcu, toAcu, reason }))
    .toReversed();
}

function beganAfter({ fromMs, toMs }: PauseSpan, atMs: number): boolean {
  return fromMs <= atMs + FALLING_ASLEEP_MS && toMs > atMs;
}

/** Stretches in which the same thing kept capacity where it was, newest first; `decisions` oldest first, until `toMs`. */
export function holdsOf(decisions: readonly RecordedDecision[], toMs: number): HeldStretch[] {
  const stretches: HeldStretch[] = [];
  for (const decision of decisions) {
    // A fast look knows too little to say why capacity is not lower.
    const held = decision.kind === 'full' ? holdOf(decision) : null;
    if (held === null) continue;
    const { atMs, toAcu: acu } = decision;
    const last = stretches.at(-1);
    const goesOn =
      last !== undefined &&
      last.kind === held.kind &&
      last.acu === acu &&
      atMs - last.toMs <= LONGEST_BREAK_MS;
    if (goesOn) stretches[stretches.length - 1] = { ...last, toMs: atMs, reason: held.reason };
    else stretches.push({ fromMs: atMs, toMs: atMs, acu, ...held });
  }
  return untilTheNext(stretches, decisions, toMs).toReversed();
}

/** A hold lasts until a decision says something else, or nobody says anything. */
function untilTheNext(
  stretches: readonly HeldStretch[],
  decisions: readonly RecordedDecision[],
  toMs: number,
): HeldStretch[] {
  let index = 0;
  return stretches.map((stretch) => {
    while (index < decisions.length && decisions[index]!.atMs <= stretch.toMs) index += 1;
    const nextMs = decisions[index]?.atMs ?? toMs;
    return { ...stretch, toMs: Math.min(nextMs, stretch.toMs + LONGEST_BREAK_MS) };
  });
}

function holdOf({ hold, pause, reason }: RecordedDecision): Pick<HeldStretch, 'kind' | 'reason'> | null {
  if (TOLD_HOLDS.has(hold.kind)) return { kind: hold.kind, reason };
  if (pause?.kind === 'blocked') {
    const details = (pause.blockers ?? []).map(({ detail }) => detail).join('; ');
    return { kind: 'pause-blocked', reason: details === '' ? 'not paused' : `not paused: ${details}` };
  }
  if (pause?.kind === 'waiting')
    return { kind: 'pause-waiting', reason: 'nobody uses it, but not for long enough yet to be paused' };
  return null;
}
