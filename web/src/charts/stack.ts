/** Arithmetic of stacked areas. Null is a gap: nothing is drawn there, and it is never taken for zero. */

export interface Layer {
  readonly key: string;
  readonly values: readonly (number | null)[];
}

export interface Stack {
  /** As the layers, from the bottom: each is the sum of itself and of all below it. */
  readonly tops: readonly (readonly (number | null)[])[];
  /** Of the whole stack, where something is known. */
  readonly highest: number;
}

export function stackLayers(layers: readonly Layer[], length: number): Stack {
  const sums: (number | null)[] = Array.from({ length }, () => null);
  let highest = 0;
  const tops = layers.map(({ values }) => {
    for (let index = 0; index < length; index++) {
      const value = values[index] ?? null;
      if (value === null) continue;
      const sum = (sums[index] ?? 0) + value;
      sums[index] = sum;
      if (sum > highest) highest = sum;
    }
    return [...sums];
  });
  return { tops, highest };
}

/** The end of the axis: a little above what is drawn, so that the highest stretch is seen to end. */
export function axisTop(highest: number, lines: readonly (number | null)[], least = 1): number {
  const known = lines.filter((line): line is number => line !== null);
  // A line far above the load would press all of it to the ground; it is told in words then.
  const shown = known.filter((line) => line <= Math.max(least, highest) * FAR_ABOVE);
  return Math.max(least, highest, ...shown) * 1.08;
}

/** 0 where nothing is known. */
export function highestOf(...lists: readonly (readonly (number | null)[])[]): number {
  return lists.reduce(
    (highest, list) => list.reduce((most: number, value) => Math.max(most, value ?? 0), highest),
    0,
  );
}

/** The mean of what is known; null where nothing is. */
export function meanOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}

/** How many times as high as the load a line may be to be drawn. */
export const FAR_ABOVE = 3;
