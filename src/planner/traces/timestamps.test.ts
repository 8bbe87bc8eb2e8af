import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { TimestampReader } from './timestamps.ts';

const read = (text: string) => new TimestampReader().read(text);
const NOON = Date.UTC(2026, 2, 1, 12);

describe('timestamps', () => {
  it.each([
    ['2026-03-01T12:00:00Z', NOON],
    ['2026-03-01T12:00:00', NOON],
    ['2026-03-01 12:00:00', NOON],
    ['2026-03-01 12:00', NOON],
    ['2026-03-01 12:00:00 UTC', NOON],
    ['2026-03-01T14:00:00+02:00', NOON],
    ['2026-03-01T14:30:00+0230', NOON],
    ['2026-03-01T07:00:00-05', NOON],
    ['2026-03-01T12:00:00.250Z', NOON + 250],
    ['2026-03-01T12:00:00,5', NOON + 500],
    ['2026-03-01', NOON - 12 * 3_600_000],
    ['2026-02-28T24:00:00Z', NOON - 12 * 3_600_000],
    [String(NOON / 1000), NOON],
    [`${NOON / 1000}.5`, NOON + 500],
    [String(NOON), NOON],
    ['0', 0],
  ])('reads %s', (text, ms) => expect(read(text)).toBe(ms));

  it.each([
    '',
    'now',
    '2026-02-31T00:00:00Z',
    '2026-13-01',
    '2026-03-01T25:00:00Z',
    '2026-03-01T12:61:00Z',
    '2026-03-01T12:00:00 noon',
    '2026-03-01x12:00:00',
    '-5',
    '1e9',
    '1.5.2',
    '99999999999999999999',
    '01/03/2026 12:00',
  ])('takes %s for none', (text) => expect(read(text)).toBeNaN());

  it('reads what a date prints, whatever was read before', () => {
    const reader = new TimestampReader();
    const date = fc.date({ min: new Date('1971-01-01'), max: new Date('2099-12-31'), noInvalidDate: true });
    fc.assert(fc.property(date, (at) => reader.read(at.toISOString()) === at.getTime()));
  });
});
