import { formatBytes, formatCount, formatMs } from '../../format/numbers.ts';
import { formatMoment } from '../../format/times.ts';

export interface Fact {
  readonly name: string;
  readonly value: string;
}

/** What an event carries, with names in words and units by the endings of the names; `zone` is for tests. */
export function eventFacts(data: Readonly<Record<string, unknown>>, zone?: string): readonly Fact[] {
  return Object.entries(data).map(([key, value]) => factOf(key, value, zone));
}

function factOf(key: string, value: unknown, zone: string | undefined): Fact {
  const [, stem = key, unit = ''] = /^(.+?)(AtMs|Ms|Bytes|Acu)$/.exec(key) ?? [];
  if (typeof value !== 'number' || unit === '') return { name: wordsOf(key), value: textOf(value) };
  switch (unit) {
    case 'AtMs':
      return { name: wordsOf(stem), value: formatMoment(value, zone) };
    case 'Ms':
      return { name: wordsOf(stem), value: formatMs(value) };
    case 'Bytes':
      return { name: wordsOf(stem), value: formatBytes(value) };
    default:
      return { name: wordsOf(stem), value: `${formatCount(value)} ACU` };
  }
}

/** `lostSince` as `lost since`. */
function wordsOf(key: string): string {
  return key.replaceAll(
    /([a-z0-9])([A-Z])/g,
    (_, before: string, after: string) => `${before} ${after.toLowerCase()}`,
  );
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value === '' ? 'none' : value;
  if (typeof value === 'number') return formatCount(value);
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return value === null || value === undefined ? 'none' : JSON.stringify(value);
}
