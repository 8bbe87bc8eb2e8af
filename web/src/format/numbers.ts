/** Figures for people: units with them, as many digits as say something. */

/** Average active sessions, and other small figures. */
export function formatLoad(value: number | null): string {
  if (value === null) return '–';
  if (value === 0) return '0';
  if (Math.abs(value) < 0.005) return '<0.01';
  return value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : grouped(Math.round(value));
}

/** `part` of `whole` in per cent. */
export function formatShare(part: number, whole: number): string {
  if (whole <= 0) return '–';
  const percent = (part / whole) * 100;
  if (percent > 0 && percent < 1) return '<1 %';
  return `${Math.round(percent)} %`;
}

export function formatAcu(acu: number | null): string {
  return acu === null ? '–' : `${trimmed(acu, 2)} ACU`;
}

export function formatCount(value: number): string {
  return Number.isInteger(value) || Math.abs(value) >= 100 ? grouped(Math.round(value)) : trimmed(value, 2);
}

export function formatPerSecond(value: number | null): string {
  return value === null ? '–' : `${value < 10 ? trimmed(value, 2) : grouped(Math.round(value))}/s`;
}

export function formatMoney(amount: number, currency: string): string {
  const digits = Math.abs(amount) >= 1 ? 2 : 4;
  return `${currency} ${amount.toFixed(digits)}`;
}

const BYTES = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

export function formatBytes(bytes: number): string {
  let [value, unit] = [bytes, 0];
  while (Math.abs(value) >= 1024 && unit < BYTES.length - 1) [value, unit] = [value / 1024, unit + 1];
  return `${unit === 0 ? Math.round(value) : trimmed(value, 1)} ${BYTES[unit] ?? 'B'}`;
}

/** Durations from microseconds to days, in at most two units. */
export function formatMs(durationMs: number | null): string {
  if (durationMs === null) return '–';
  if (durationMs < 0.1) return `${Math.round(durationMs * 1000)} µs`;
  if (durationMs < 1000) return `${durationMs < 10 ? trimmed(durationMs, 1) : Math.round(durationMs)} ms`;
  const seconds = durationMs / 1000;
  if (seconds < 60) return `${seconds < 10 ? trimmed(seconds, 1) : Math.floor(seconds)} s`;
  return inTwoUnits(Math.round(seconds));
}

function inTwoUnits(seconds: number): string {
  const units = [
    ['d', 86_400],
    ['h', 3600],
    ['min', 60],
    ['s', 1],
  ] as const;
  const first = units.findIndex(([, size]) => seconds >= size);
  return units
    .slice(first, first + 2)
    .map(([name, size], index) => {
      const rest = index === 0 ? seconds : seconds % (units[first]?.[1] ?? 1);
      return [Math.floor(rest / size), name] as const;
    })
    .filter(([count]) => count > 0)
    .map(([count, name]) => `${count} ${name}`)
    .join(' ');
}

function trimmed(value: number, digits: number): string {
  return String(Number(value.toFixed(digits)));
}

function grouped(value: number): string {
  return value.toLocaleString('en-US');
}
