import { expect, test } from 'vitest';
import { parseTime, resolveTime } from './time.ts';

const NOW = Date.UTC(2026, 10, 22, 12);

function resolve(text: string): number | null {
  const expression = parseTime(text);
  return expression === null ? null : resolveTime(expression, NOW);
}

test('now and offsets from it', () => {
  expect(resolve('now')).toBe(NOW);
  expect(resolve('-1h')).toBe(NOW - 3_600_000);
  expect(resolve('now-90m')).toBe(NOW - 5_400_000);
  expect(resolve('-250ms')).toBe(NOW - 250);
  expect(resolve('-2w')).toBe(NOW - 14 * 86_400_000);
});

test('ISO 8601 is UTC unless an offset is given', () => {
  expect(resolve('2026-11-22')).toBe(Date.UTC(2026, 10, 22));
  expect(resolve('2026-11-22T10:30')).toBe(Date.UTC(2026, 10, 22, 10, 30));
  expect(resolve('2026-11-22T10:30:15.250Z')).toBe(Date.UTC(2026, 10, 22, 10, 30, 15, 250));
  expect(resolve('2026-11-22T10:30:00+02:00')).toBe(Date.UTC(2026, 10, 22, 8, 30));
  expect(resolve('2026-11-22T10:30:00-0130')).toBe(Date.UTC(2026, 10, 22, 12));
});

test('an unescaped plus sign, which arrives as a space, is understood', () => {
  expect(resolve('2026-11-22T10:30:00 02:00')).toBe(Date.UTC(2026, 10, 22, 8, 30));
});

test('milliseconds since 1970', () => {
  expect(resolve(String(NOW))).toBe(NOW);
});

test.each([
  '',
  'yesterday',
  '-1',
  '-1y',
  '1h',
  '+1h',
  '1700000000',
  '2026-02-31',
  '2026-13-01',
  '2026-11-22T25:00',
  '2026-11-22 10:30',
  '1999-12-31',
  '99999999999999999',
  'NaN',
  '2026-11-22T10:30:00+99:99',
])('%j is no time', (text) => {
  expect(parseTime(text)).toBeNull();
});

test('an offset beyond 1970 ends there', () => {
  expect(resolve('-999999999w')).toBe(0);
});
