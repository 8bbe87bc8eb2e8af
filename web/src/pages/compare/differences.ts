import { OTHER } from '../../../../src/history/history.ts';

/** What the load of a window is made of, as far as it is listed. */
export interface Side {
  readonly aas: number;
  readonly rows: readonly { readonly key: string; readonly label: string; readonly aas: number }[];
  /** Rows may have been left out, so a key that is not listed need not have been without load. */
  readonly isCutOff: boolean;
}

export type Change = 'new' | 'gone' | 'more' | 'less' | 'same';

export interface Difference {
  readonly key: string;
  readonly label: string;
  /** Average active sessions; null where the list was cut off before it. */
  readonly before: number | null;
  readonly after: number | null;
  /** What is not listed counts as 0 here, and with {@link OTHER}. */
  readonly difference: number;
  readonly change: Change;
}

/** Less than this is noise of the measurement and of rounding. */
const NOTHING_AAS = 0.005;

/** What changed, the largest first. The differences add up to the difference of the totals. */
export function differencesOf(before: Side, after: Side): readonly Difference[] {
  const [earlier, later] = [byKey(before), byKey(after)];
  const labels = new Map([...before.rows, ...after.rows].map(({ key, label }) => [key, label]));
  const listed = [...labels].map(([key, label]) =>
    differenceOf(key, label, valueOf(earlier, key, before), valueOf(later, key, after)),
  );
  const [restBefore, restAfter] = [restOf(before), restOf(after)];
  const hasRest = Math.max(Math.abs(restBefore), Math.abs(restAfter)) > 1e-9;
  const rest = hasRest ? [differenceOf(OTHER, OTHER, restBefore, restAfter)] : [];
  return [...listed, ...rest].toSorted(
    (a, b) => Math.abs(b.difference) - Math.abs(a.difference) || (b.after ?? 0) - (a.after ?? 0),
  );
}

function byKey({ rows }: Side): ReadonlyMap<string, number> {
  return new Map(rows.map(({ key, aas }) => [key, aas]));
}

function valueOf(known: ReadonlyMap<string, number>, key: string, { isCutOff }: Side): number | null {
  return known.get(key) ?? (isCutOff ? null : 0);
}

function differenceOf(key: string, label: string, before: number | null, after: number | null): Difference {
  const difference = (after ?? 0) - (before ?? 0);
  return { key, label, before, after, difference, change: changeOf(before, after, difference) };
}

function changeOf(before: number | null, after: number | null, difference: number): Change {
  if (Math.abs(difference) < NOTHING_AAS) return 'same';
  if (before === 0) return 'new';
  if (after === 0) return 'gone';
  return difference > 0 ? 'more' : 'less';
}

function restOf({ aas, rows }: Side): number {
  return aas - rows.reduce((sum, row) => sum + row.aas, 0);
}
