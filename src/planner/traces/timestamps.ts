/** Above this a number counts milliseconds: as seconds it would be in the year 5138, as milliseconds it is in 1973. */
const LEAST_MILLISECONDS = 1e11;
/** The last moment that a date can name (ECMA-262), milliseconds. */
const LAST_MS = 8.64e15;

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const TIME = /^(\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?$/i;
const NUMBER = /^\d+(?:\.\d*)?$/;

/** What a reader of timestamps takes, for messages. */
export const TIMESTAMP_FORMS =
  'ISO 8601 (2026-03-01T12:00:00Z; without a zone it is UTC), 2026-03-01 12:00:00, or seconds since 1970';

/**
 * Reads timestamps, milliseconds since 1970; NaN for what is none. Keeps the last date, since the rows of a day have the
 * same one and there are many of them.
 */
export class TimestampReader {
  #dateText = '';
  #dateMs = Number.NaN;

  read(text: string): number {
    // A date begins with four digits and a dash.
    return text.charCodeAt(4) === 45 ? this.#readDate(text) : readEpoch(text);
  }

  #readDate(text: string): number {
    const date = text.slice(0, 10);
    if (date !== this.#dateText) {
      this.#dateText = date;
      this.#dateMs = dateToMs(date);
    }
    if (text.length === 10) return this.#dateMs;
    const separator = text.charCodeAt(10);
    if (separator !== 84 && separator !== 116 && separator !== 32) return Number.NaN;
    return this.#dateMs + timeToMs(text);
  }
}

function readEpoch(text: string): number {
  if (!NUMBER.test(text)) return Number.NaN;
  const value = Number(text);
  const ms = value < LEAST_MILLISECONDS ? value * 1000 : value;
  return ms <= LAST_MS ? ms : Number.NaN;
}

function dateToMs(text: string): number {
  const parts = DATE.exec(text);
  if (parts === null) return Number.NaN;
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  const ms = Date.UTC(year, month - 1, day);
  // Date.UTC takes the 31st of February for the 3rd of March.
  const date = new Date(ms);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? ms : Number.NaN;
}

/** The time of day behind the date and its separator, milliseconds. */
function timeToMs(text: string): number {
  const quick = quickTimeToMs(text);
  if (!Number.isNaN(quick)) return quick;
  const parts = TIME.exec(text.slice(11).trim());
  if (parts === null) return Number.NaN;
  const [hours, minutes, seconds] = [Number(parts[1]), Number(parts[2]), Number(parts[3] ?? 0)];
  if (!isTimeOfDay(hours, minutes, seconds)) return Number.NaN;
  const fractionMs = Number(`0.${parts[4] ?? '0'}`) * 1000;
  return (hours * 3600 + minutes * 60 + seconds) * 1000 + fractionMs - zoneToMs(parts[5]);
}

/** `HH:MM:SS` and perhaps `Z`, which most files have, without a regular expression. NaN for all others. */
function quickTimeToMs(text: string): number {
  const { length } = text;
  if (length !== 19 && !(length === 20 && text.charCodeAt(19) === 90)) return Number.NaN;
  if (text.charCodeAt(13) !== 58 || text.charCodeAt(16) !== 58) return Number.NaN;
  const hours = twoDigits(text, 11);
  const minutes = twoDigits(text, 14);
  const seconds = twoDigits(text, 17);
  if (!isTimeOfDay(hours, minutes, seconds)) return Number.NaN;
  return (hours * 3600 + minutes * 60 + seconds) * 1000;
}

/** 24:00:00 is the end of a day, and :60 a leap second; both are the moment after. */
function isTimeOfDay(hours: number, minutes: number, seconds: number): boolean {
  if (hours === 24) return minutes === 0 && seconds === 0;
  return hours < 24 && minutes < 60 && seconds <= 60;
}

function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48;
  const ones = text.charCodeAt(at + 1) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

function zoneToMs(zone: string | undefined): number {
  if (zone === undefined || /^[a-z]/i.test(zone)) return 0;
  const digits = zone.replace(':', '');
  const minutes = Number(digits.slice(1, 3)) * 60 + Number(digits.slice(3) || 0);
  return (digits.startsWith('-') ? -minutes : minutes) * 60_000;
}
