import { describe, expect, it } from 'vitest';
import { formatAgo, formatMoment, formatSpan } from './times.ts';

const AT = Date.UTC(2026, 10, 22, 23, 30, 5);
const HOUR = 3_600_000;

describe('a moment', () => {
  it('is shown in the zone of whoever looks', () => {
    expect(formatMoment(AT, 'UTC')).toBe('2026-11-22 23:30:05');
    expect(formatMoment(AT, 'Asia/Kolkata')).toBe('2026-11-23 05:00:05');
  });

  it('is said as a distance', () => {
    expect([1000, 60_000, 600_000, 7 * HOUR, 72 * HOUR].map((ms) => formatAgo(AT - ms, AT))).toEqual([
      'now',
      '60 s ago',
      '10 min ago',
      '7 h ago',
      '3 days ago',
    ]);
  });
});

describe('a span', () => {
  it('has no day where that is today', () => {
    expect(formatSpan({ fromMs: AT - HOUR, toMs: AT }, AT, 'UTC')).toBe('22:30:05 – 23:30:05');
  });

  it('has one day where both ends share it, else both', () => {
    expect(formatSpan({ fromMs: AT - HOUR, toMs: AT }, AT + 24 * HOUR, 'UTC')).toBe(
      '2026-11-22 22:30:05 – 23:30:05',
    );
    expect(formatSpan({ fromMs: AT, toMs: AT + HOUR }, AT, 'UTC')).toBe(
      '2026-11-22 23:30:05 – 2026-11-23 00:30:05',
    );
  });
});
