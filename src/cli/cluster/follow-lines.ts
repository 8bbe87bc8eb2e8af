/**
 * The lines of `now` that were not in `before`; both are the end of the same growing text. Where nothing of it is left
 * (so much came meanwhile), all are new.
 */
export function newLines(before: readonly string[], now: readonly string[]): readonly string[] {
  for (let known = Math.min(before.length, now.length); known > 0; known--) {
    if (endsWith(before, now.slice(0, known))) return now.slice(known);
  }
  // A window that slid by: the last line seen is somewhere in the middle.
  const last = before.at(-1);
  const at = last === undefined ? -1 : now.lastIndexOf(last);
  return at === -1 ? now : now.slice(at + 1);
}

function endsWith(lines: readonly string[], end: readonly string[]): boolean {
  const offset = lines.length - end.length;
  return end.every((line, index) => lines[offset + index] === line);
}
