import { expect, it } from 'vitest';
import { DAY_MS, dayFileName, dayOf, dayOfFile } from './day.ts';

it('knows the day of a time and of a file', () => {
  const noon = Date.UTC(2026, 10, 22, 12);
  expect(dayFileName(dayOf(noon))).toBe('2026-11-22.duckdb');
  expect(dayOfFile('2026-11-22.duckdb')).toBe(noon - DAY_MS / 2);
  for (const other of [
    'airglow.duckdb',
    '2026-11-22.duckdb.wal',
    '2026-13-45.duckdb',
    '2026-11-22.duckdb.damaged-1',
  ])
    expect(dayOfFile(other)).toBe(null);
});
