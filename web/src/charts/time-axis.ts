/** Words of a time axis: hours by 24, with the day where it begins. */

const DAY_S = 86_400;

/** `splits` and `stepSeconds` in seconds since 1970; `zone` is for tests. */
export function axisTimes(splits: readonly number[], stepSeconds: number, zone?: string): readonly string[] {
  let lastDay = '';
  return splits.map((at) => {
    const text = isoOf(at, zone);
    const day = text.slice(5, 10);
    const isNewDay = day !== lastDay;
    lastDay = day;
    if (stepSeconds >= DAY_S) return day;
    const clock = text.slice(11, stepSeconds < 60 ? 19 : 16);
    return isNewDay ? `${clock}\n${day}` : clock;
  });
}

const formats = new Map<string | undefined, Intl.DateTimeFormat>();

/** `2026-11-22 23:30:05` in the zone of whoever looks. */
function isoOf(atSeconds: number, zone: string | undefined): string {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('sv-SE', {
      dateStyle: 'short',
      timeStyle: 'medium',
      ...(zone === undefined ? {} : { timeZone: zone }),
    });
    formats.set(zone, format);
  }
  return format.format(atSeconds * 1000);
}
