import { describe, expect, it } from 'vitest';
import { parseIgnoreActivity } from './ignore-activity.ts';

describe('parseIgnoreActivity', () => {
  it.each([
    ['user=exporter', [{ field: 'user', value: 'exporter' }]],
    [
      'user=exporter, application=health check ,host=10.0.0.7',
      [
        { field: 'user', value: 'exporter' },
        { field: 'application', value: 'health check' },
        { field: 'host', value: '10.0.0.7' },
      ],
    ],
    ['Database=a=b', [{ field: 'database', value: 'a=b' }]],
    [
      'application=a\\,b,user=c\\\\d',
      [
        { field: 'application', value: 'a,b' },
        { field: 'user', value: 'c\\d' },
      ],
    ],
    ['host=[local]', [{ field: 'host', value: '[local]' }]],
    ['', []],
    ['none', []],
  ])('reads %j', (text, rules) => {
    expect(parseIgnoreActivity(text)).toEqual(rules);
  });

  it.each([
    ['exporter', /"exporter" does not say whose activity to ignore: write it like user=exporter,/],
    ['user=a,b', /"b" does not say whose activity.*a comma within a value is written \\,/],
    ['usr=a', /"usr=a" does not say/],
    [',', /does not say/],
    ['user=', /^user of the activity to ignore is empty: write it like user=exporter/],
    ['host=db1', /"db1" is no host to ignore: write an address such as 10\.0\.0\.7/],
    ['host=10.0.0.0/8', /is no host to ignore/],
    [`application=${'x'.repeat(64)}`, /longer than 63 bytes, where PostgreSQL cuts names/],
    ['user=a\nb', /holds a line break/],
  ])('refuses %j', (text, message) => {
    expect(() => parseIgnoreActivity(text)).toThrow(message);
    expect(() => parseIgnoreActivity(text)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });
});
