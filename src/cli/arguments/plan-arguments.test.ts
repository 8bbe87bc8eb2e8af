import { describe, expect, it } from 'vitest';
import {
  parsePath,
  parsePattern,
  parsePolicies,
  parseQuantity,
  parseRegion,
  parseUnit,
} from './plan-arguments.ts';

const invalid = expect.objectContaining({ code: 'INVALID_ARGUMENT' }) as Error;
const HOURS = { what: '--hours', unit: 'hours', least: 0.5, most: 48 };

describe('arguments of airglow plan', () => {
  it('are read', () => {
    expect(['0.5', ' 48 ', '1e1'].map((text) => parseQuantity(text, HOURS))).toEqual([0.5, 48, 10]);
    expect(parsePolicies('Airglow, aurora-v2')).toEqual(['airglow', 'aurora-v2']);
    expect(parseUnit('AAS')).toBe('aas');
    expect(parsePattern('flash-crowd')).toBe('flash-crowd');
    expect(parseRegion('ap-southeast-2')).toBe('ap-southeast-2');
    expect(parsePath('plan.html')).toBe(`${process.cwd()}/plan.html`);
  });

  it.each(['', 'many', '0.4', '48.1', '-1', 'NaN', 'Infinity', '0x10', '1,5'])('refuse %j hours', (text) => {
    expect(() => parseQuantity(text, HOURS)).toThrow(invalid);
    expect(() => parseQuantity(text, HOURS)).toThrow(/--hours: give a number of hours from 0\.5 to 48/);
  });

  it('refuse what is no name, and say which there are', () => {
    for (const text of ['', 'a,,b', '../x', 'a b'])
      expect(() => parsePolicies(text)).toThrow(/--list-policies/);
    expect(() => parseUnit('percent')).toThrow(/cpu-percent, cores, aas, requests/);
    expect(() => parsePattern('night')).toThrow(/diurnal/);
    expect(() => parseRegion('Frankfurt')).toThrow(/us-east-1/);
    expect(() => parsePath(' ')).toThrow(invalid);
  });
});
