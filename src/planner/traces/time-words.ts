/** A length of time for a sentence: 90 is `90 s`, 7200 is `2 h`. */
export function secondsInWords(seconds: number): string {
  if (seconds >= 172_800) return `${rounded(seconds / 86_400)} days`;
  if (seconds >= 7200) return `${rounded(seconds / 3600)} h`;
  if (seconds >= 120) return `${rounded(seconds / 60)} min`;
  return `${rounded(seconds)} s`;
}

function rounded(value: number): number {
  return value >= 0.1 ? Math.round(value * 10) / 10 : value;
}
