import { AirglowError } from '../../errors.ts';

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, min: 60_000, m: 60_000, h: 3_600_000 };

/** `250ms`, `1s`, `1.5s`, `5min`, in milliseconds. Raises INVALID_ARGUMENT. */
export function parseDurationMs(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|min|m|h)$/.exec(text.trim());
  const unitMs = UNITS_MS[match?.[2] ?? ''];
  if (match === null || unitMs === undefined) {
    throw new AirglowError(
      'INVALID_ARGUMENT',
      `"${text}" is no length of time; write it like 250ms, 1s or 5min`,
    );
  }
  return Math.round(Number(match[1]) * unitMs);
}

const MIN_INTERVAL_MS = 100;
const MAX_INTERVAL_MS = 60_000;

/** A sampling interval from 100 ms to 1 min. Raises INVALID_ARGUMENT. */
export function parseIntervalMs(text: string): number {
  const intervalMs = parseDurationMs(text);
  if (intervalMs < MIN_INTERVAL_MS || intervalMs > MAX_INTERVAL_MS) {
    throw new AirglowError(
      'INVALID_ARGUMENT',
      `an interval of ${text} is not possible; choose from 100ms to 1min`,
    );
  }
  return intervalMs;
}

/** `20`, `0.5` or `20s`, in seconds; up to an hour, since every tick is held in memory. Raises INVALID_ARGUMENT. */
export function parseSeconds(text: string): number {
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : parseDurationMs(text) / 1000;
  if (seconds < 0.5 || seconds > 3600) {
    throw new AirglowError(
      'INVALID_ARGUMENT',
      `${text} seconds are not possible; choose from 0.5 to 3600, and airglow watch for longer`,
    );
  }
  return seconds;
}

/** A whole number from `min` to `max`. Raises INVALID_ARGUMENT. */
export function parseWhole(text: string, min: number, max: number): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isInteger(value) || value < min || value > max) {
    throw new AirglowError(
      'INVALID_ARGUMENT',
      `"${text}" is not possible; choose a whole number from ${min} to ${max}`,
    );
  }
  return value;
}

/** The sampling has to be much finer than what is measured: a hundred ticks, each of 100 ms to 1 s. */
export function intervalForMs(seconds: number): number {
  return Math.round(Math.min(1000, Math.max(MIN_INTERVAL_MS, (seconds * 1000) / 100)));
}
