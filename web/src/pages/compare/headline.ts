import { OTHER } from '../../../../src/history/history.ts';
import { formatLoad } from '../../format/numbers.ts';
import type { Difference } from './differences.ts';

/** As in the notes of a page: grew, shrank, or stayed. */
export type Direction = 'busy' | 'fine' | 'faint';

export interface Headline {
  readonly direction: Direction;
  readonly title: string;
  /** What makes up the change; empty where nothing does. */
  readonly mostly: string;
}

/** Changes that are smaller than both are called none. */
const [SAME_SHARE, SAME_AAS] = [0.1, 0.1];
/** A cause is worth its name from this share of the change on. */
const WORTH_SHARE = 0.15;
const MOST_CAUSES = 3;
const LEADING_SHARE = 0.3;

/**
 * The change in words, as in `Load 3.2×: 0.8 → 2.6 AAS`. Null stands for a time of which nothing is recorded.
 * `waits` are differences by wait, largest first.
 */
export function headlineOf(
  before: number | null,
  after: number | null,
  waits: readonly Difference[],
): Headline {
  if (before === null || after === null) {
    const missing =
      before === null
        ? after === null
          ? 'Nothing is recorded of either time'
          : 'Nothing is recorded of the earlier time'
        : 'Nothing is recorded of this time';
    return { direction: 'faint', title: missing, mostly: '' };
  }
  const difference = after - before;
  const figures = `${formatLoad(before)} → ${formatLoad(after)} AAS`;
  if (Math.abs(difference) < Math.max(SAME_AAS, before * SAME_SHARE)) {
    const swapped = waits.filter(
      (wait) => Math.abs(wait.difference) >= Math.max(SAME_AAS, before * SAME_SHARE),
    );
    return {
      direction: 'faint',
      title: `Load about the same: ${figures}`,
      mostly: swapped.length === 0 ? '' : `yet ${causes(swapped)}`,
    };
  }
  const mostly = waits.filter(
    (wait) =>
      Math.sign(wait.difference) === Math.sign(difference) &&
      Math.abs(wait.difference) >= Math.abs(difference) * WORTH_SHARE,
  );
  return {
    direction: difference > 0 ? 'busy' : 'fine',
    title: `Load ${ratioOf(before, after)}: ${figures}`,
    mostly: mostly.length === 0 ? '' : `mostly ${causes(mostly)}`,
  };
}

/** The statement that most of a change is of; null where none stands out. */
export function leadingOf(
  statements: readonly Difference[],
  before: number | null,
  after: number | null,
): Difference | null {
  if (before === null || after === null) return null;
  const [first] = statements.filter(({ key }) => key !== OTHER && key !== '');
  const isWorth =
    first !== undefined &&
    Math.abs(first.difference) >= Math.max(SAME_AAS, Math.abs(after - before) * LEADING_SHARE);
  return isWorth ? first : null;
}

/** `+1.40`, `−0.20`, `0` */
export function formatDifference(difference: number): string {
  const figure = formatLoad(Math.abs(difference));
  if (figure === '0' || figure === '<0.01') return '0';
  return `${difference > 0 ? '+' : '−'}${figure}`;
}

function causes(waits: readonly Difference[]): string {
  return waits
    .slice(0, MOST_CAUSES)
    .map(({ key, label, difference }) => {
      const name = key === OTHER ? 'others' : label === '' ? 'no wait known' : label;
      return `${name} ${formatDifference(difference)}`;
    })
    .join(', ');
}

function ratioOf(before: number, after: number): string {
  // From next to nothing every ratio is large and says nothing.
  if (before < 0.01) return 'is new';
  if (after < 0.01) return 'is gone';
  const ratio = after / before;
  if (ratio >= 100) return 'over 100×';
  return `${ratio < 10 ? Number(ratio.toPrecision(2)) : Math.round(ratio)}×`;
}
