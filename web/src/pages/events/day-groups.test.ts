import { describe, expect, it } from 'vitest';
import { dayName, groupByDay } from './day-groups.ts';

const at = (text: string) => ({ atMs: Date.parse(text) });

describe('groupByDay', () => {
  it('groups by the day of the viewer, not of UTC', () => {
    const events = [at('2026-11-23T00:30:00Z'), at('2026-11-22T23:30:00Z'), at('2026-11-22T10:00:00Z')];
    const sizes = (zone: string) => groupByDay(events, zone).map(({ day, items }) => [day, items.length]);
    expect(sizes('UTC')).toEqual([
      ['2026-11-23', 1],
      ['2026-11-22', 2],
    ]);
    expect(sizes('Europe/Berlin')).toEqual([
      ['2026-11-23', 2],
      ['2026-11-22', 1],
    ]);
    expect(groupByDay([], 'UTC')).toEqual([]);
  });

  it('names the days that are near', () => {
    const nowMs = Date.parse('2026-11-23T08:00:00Z');
    expect(dayName('2026-11-23', nowMs, 'UTC')).toBe('Today, 2026-11-23');
    expect(dayName('2026-11-22', nowMs, 'UTC')).toBe('Yesterday, 2026-11-22');
    expect(dayName('2026-11-21', nowMs, 'UTC')).toBe('2026-11-21');
  });
});
