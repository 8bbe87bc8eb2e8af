import { at } from '../evidence.ts';
import type { AnalysisInput, Stretch } from '../input.ts';
import type { Finding } from '../model.ts';
import { THRESHOLDS } from '../thresholds.ts';
import { count, duration, percent } from '../wording.ts';

const LIMITS = THRESHOLDS.notObserved;

/** Time of which nothing is known: it is no quiet time. */
export function notObserved(input: AnalysisInput): Finding[] {
  const { gaps, window } = input;
  const missedMs = gaps.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
  const sinceMs = Math.max(window.fromMs, Math.min(input.recordedSinceMs ?? window.fromMs, window.toMs));
  const recordedMs = window.toMs - sinceMs;
  const [first, last] = [gaps[0], gaps.at(-1)];
  if (first === undefined || last === undefined || missedMs < LIMITS.leastMs) return [];
  const share = recordedMs > 0 ? missedMs / recordedMs : 1;
  if (share < LIMITS.share && missedMs < 2 * LIMITS.leastMs) return [];
  const reasons = reasonsOf(input);
  const because = reasons[0] === undefined ? '' : `: ${reasons[0]}`;
  return [
    {
      kind: 'not-observed',
      severity: share >= LIMITS.mediumShare ? 'medium' : 'low',
      title: `Nothing is known of ${duration(missedMs)} (${percent(Math.min(1, share))})${because}`,
      explanation: 'A gap is not zero: the other findings are about the rest of the window.',
      evidence: [
        { name: 'gaps', value: `${count(gaps.length, 'gap')}, the longest ${duration(longest(gaps))}` },
        ...reasons.slice(1, 3).map((value) => ({ name: 'also', value })),
      ],
      advice:
        reasons.length > 0
          ? ['Mend what kept it from being observed; the events of the database tell more.']
          : ['Keep airglow running: it was stopped then, or could not reach the database.'],
      ...at({ fromMs: first.fromMs, toMs: last.toMs }),
      aas: null,
      about: [],
    },
  ];
}

/** What was said at about that time. */
function reasonsOf({ events, gaps }: AnalysisInput): string[] {
  const near = events.filter(({ atMs }) =>
    gaps.some(({ fromMs, toMs }) => atMs >= fromMs - THRESHOLDS.joinMs && atMs <= toMs),
  );
  return [...new Set(near.map(({ message }) => message.replace(/\.$/, '')))];
}

function longest(gaps: readonly Stretch[]): number {
  return gaps.reduce((most, { fromMs, toMs }) => Math.max(most, toMs - fromMs), 0);
}
