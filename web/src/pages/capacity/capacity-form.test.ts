import { describe, expect, it } from 'vitest';
import { aCluster } from './capacity-fixture.ts';
import { consequencesOf, faultsOf, fieldsOf, requestOf } from './capacity-form.ts';

const host = { budgetAcu: 8 };
const cluster = aCluster();
const fields = fieldsOf(cluster);

describe('the form', () => {
  it('begins with what is, and asks for nothing', () => {
    expect(fields).toEqual({ min: '0', max: '8', pauseSeconds: '300' });
    expect(faultsOf(fields, host)).toEqual({});
    expect(requestOf(fields, cluster)).toBeNull();
  });

  it.each([
    ['0.3', '8', 'min'],
    ['-0.5', '8', 'min'],
    ['', '8', 'min'],
    ['1', '0', 'max'],
    ['0', '8.25', 'max'],
    ['0', 'many', 'max'],
    ['0', '8.5', 'max'],
    ['4', '2', 'min'],
  ])('refuses from %s to %s', (min, max, field) => {
    expect(Object.keys(faultsOf({ ...fields, min, max }, host))).toEqual([field]);
  });

  it.each(['0', '1.5', '86401', ''])('refuses to pause after %s seconds', (pauseSeconds) => {
    expect(faultsOf({ ...fields, pauseSeconds }, host)).toHaveProperty('pauseSeconds');
    // Without pausing it does not matter.
    expect(faultsOf({ ...fields, pauseSeconds, min: '1' }, host)).toEqual({});
  });

  it('asks for what is changed only, with a comma as well', () => {
    expect(requestOf({ ...fields, min: '0,5' }, cluster)).toEqual({ minCapacity: 0.5 });
    expect(requestOf({ ...fields, max: '4', pauseSeconds: '60' }, cluster)).toEqual({
      maxCapacity: 4,
      secondsUntilAutoPause: 60,
    });
  });
});

describe('what it would cost and do', () => {
  it('is told for a database that may sleep', () => {
    expect(consequencesOf({ ...fields, pauseSeconds: '60' }, cluster)).toEqual([
      'It costs USD 0.9600 an hour at most, and nothing while it is asleep.',
      'It is paused after 1 min without use, and wakes at the next query.',
    ]);
  });

  it('is that pausing ends with a minimum', () => {
    const told = consequencesOf({ ...fields, min: '4' }, cluster).join(' ');
    expect(told).toContain('from USD 0.4800 to USD 0.9600 an hour');
    expect(told).toContain('ends pausing');
    expect(told).toContain('goes up to 4 ACU at once');
  });

  it('is that less than it uses is taken at once', () => {
    expect(consequencesOf({ ...fields, max: '1' }, cluster).join(' ')).toContain(
      'goes down to 1 ACU at once',
    );
  });
});
