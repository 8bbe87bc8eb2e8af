/** The few places where databases spell the same thing differently. Times inside a day are never negative. */

/** Whole quotient of a column and a constant. (ClickHouse: `intDiv(a, b)`.) */
export function quotient(column: string, divisor: number): string {
  return `(${column} // ${divisor})`;
}

/** Placeholders for a list of values. */
export function placeholders(count: number): string {
  return Array.from({ length: count }, () => '?').join(', ');
}

/** A number that may stand in the text of a statement. */
export function integer(value: number): string {
  if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is not a whole number`);
  return String(value);
}
