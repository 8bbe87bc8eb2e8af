import { describe, expect, it } from 'vitest';
import { AirglowError } from '../../errors.ts';
import { PLANNED_POLICIES, policyNamed } from './catalog.ts';
import { editDistance } from './edit-distance.ts';

describe('the catalog', () => {
  it('has Airglow first, and every name once, in kebab-case', () => {
    const names = PLANNED_POLICIES.map(({ name }) => name);
    expect(names[0]).toBe('airglow');
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    for (const { name } of PLANNED_POLICIES) expect(policyNamed(name).name).toBe(name);
  });

  it('says of each what it does and where that stands', () => {
    for (const { title, rules, source } of PLANNED_POLICIES) {
      expect(title).not.toBe('');
      expect(rules).toMatch(/\.$/);
      expect(source).not.toBe('');
    }
  });

  it('lists the names for one that it does not know, and the nearest', () => {
    const raised = (name: string): AirglowError => {
      try {
        policyNamed(name);
      } catch (error) {
        if (error instanceof AirglowError) return error;
      }
      throw new Error(`${name} raised nothing`);
    };
    expect(raised('aurora_v2').message).toContain('Did you mean aurora-v2?');
    expect(raised('aurora_v2').code).toBe('INVALID_ARGUMENT');
    expect(raised('something').message).toMatch(
      /There is no policy "something"\. Choose from airglow, aurora-v2,/,
    );
  });

  it('measures names by letters', () => {
    expect([editDistance('', 'neon'), editDistance('noen', 'neon'), editDistance('vpa', 'vpa')]).toEqual([
      4, 2, 0,
    ]);
  });
});
