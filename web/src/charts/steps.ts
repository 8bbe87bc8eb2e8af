/** A period is drawn from its start to the start of the next one, so the last needs an end of its own. */

export function withEnds(atMs: readonly number[], periodMs: number): readonly number[] {
  const last = atMs.at(-1);
  return last === undefined ? [] : [...atMs, last + periodMs];
}

export function withEnd(values: readonly (number | null)[]): readonly (number | null)[] {
  return values.length === 0 ? [] : [...values, values.at(-1) ?? null];
}
