import { describe, expect, it } from 'vitest';
import { parseCreate, parseEnableTier, parseModify } from './cluster-requests.ts';

const create = (change: Record<string, unknown>) => () => parseCreate({ name: 'shop', ...change });

const USER_A = { field: 'user', value: 'a' };

describe('parseCreate', () => {
  it('fills in the capacity bounds and leaves out what was not said', () => {
    expect(parseCreate({ name: 'shop', port: undefined })).toEqual({
      name: 'shop',
      minCapacity: 0.5,
      maxCapacity: 8,
    });
  });

  it('takes everything there is', () => {
    const request = {
      name: 'a-1',
      minCapacity: 2.5,
      maxCapacity: 256,
      secondsUntilAutoPause: 86_400,
      ignoreActivity: [USER_A, { field: 'host', value: '[local]' }],
      port: 5433,
      engineVersion: 15,
      parameters: { work_mem: '8MB', 'pg_stat_statements.max': '1000' },
      listen: '0.0.0.0',
      allow: ['10.0.0.0/8', 'fd00::/8'],
      tlsCertFile: '/etc/db.crt',
      tlsKeyFile: '/etc/db.key',
    };
    expect(parseCreate(request)).toEqual(request);
  });

  it('takes 0 as a minimum, and each session to ignore once, as PostgreSQL writes its address', () => {
    const ignoreActivity = [USER_A, { field: 'host', value: 'FD00:0::A' }, USER_A];
    expect(parseCreate({ name: 'shop', minCapacity: 0, ignoreActivity })).toMatchObject({
      minCapacity: 0,
      ignoreActivity: [USER_A, { field: 'host', value: 'fd00::a' }],
    });
  });

  it.each(['a', 'shop', 'a-b-9', `a${'b'.repeat(62)}`])('takes the name %s', (name) => {
    expect(parseCreate({ name }).name).toBe(name);
  });

  it.each([
    '',
    'Shop',
    '9a',
    '-a',
    'a_b',
    'a.b',
    '../etc',
    'a b',
    'ä',
    `a${'b'.repeat(63)}`,
    'x'.repeat(5000),
  ])('refuses the name %j and says how names look', (name) => {
    expect(create({ name })).toThrow(/cannot name a database: begin with a to z/);
  });

  it.each([
    [{ maxCapacity: 0 }, /a maximum capacity of 0 ACU is not possible: choose from 0\.5 to 256/],
    [{ minCapacity: 0.3 }, /a minimum capacity of 0\.3 ACU is not possible: choose 0, or from 0\.5 to 256/],
    [{ minCapacity: -0.5 }, /choose 0, or from 0\.5 to 256/],
    [
      { secondsUntilAutoPause: 0 },
      /pausing after 0 seconds is not possible: choose a whole number from 1 to 86400/,
    ],
    [{ secondsUntilAutoPause: 86_401 }, /pausing after 86401 seconds/],
    [{ secondsUntilAutoPause: 1.5 }, /pausing after 1\.5 seconds/],
    [{ secondsUntilAutoPause: '300' }, /^secondsUntilAutoPause must be a number/],
    [{ ignoreActivity: 'user=a' }, /^ignoreActivity must be an array/],
    [
      { ignoreActivity: [{ field: 'role', value: 'a' }] },
      /^ignoreActivity\.0\.field must be one of user, app/,
    ],
    [{ ignoreActivity: [{ field: 'user', value: '' }] }, /^user of the activity to ignore is empty/],
    [{ ignoreActivity: [{ field: 'host', value: 'db1' }] }, /"db1" is no host to ignore/],
    [{ ignoreActivity: [{ field: 'user', value: 'a', like: true }] }, /^unknown field like/],
    [{ ignoreActivity: Array.from({ length: 101 }, () => USER_A) }, /^ignoreActivity may be 100 at most/],
    [{ minCapacity: 1.25 }, /steps of 0\.5, as in 0\.5, 1 or 2\.5/],
    [{ maxCapacity: 256.5 }, /choose from 0\.5 to 256/],
    [{ maxCapacity: -1 }, /choose from 0\.5 to 256/],
    [{ minCapacity: 10 }, /the minimum capacity \(10 ACU\) is above the maximum \(8 ACU\)/],
    [{ minCapacity: '1' }, /^minCapacity must be a number/],
    [{ maxCapacity: Number.POSITIVE_INFINITY }, /maxCapacity/],
    [{ port: 0 }, /^port must be from 1 to 65535/],
    [{ port: 1.5 }, /^port must be a/],
    [{ engineVersion: 12 }, /^engineVersion must be a whole number from 13 to 18/],
    [{ allow: ['10.0.0.0'] }, /is no network: write it like 10\.0\.0\.0\/8/],
    [{ allow: ['10.0.0.0/33'] }, /is no network/],
    [{ allow: ['fd00::/129'] }, /is no network/],
    [{ listen: 'a b' }, /^listen must be an address/],
    [{ parameters: { 'a b': '1' } }, /cannot name a parameter/],
    [{ parameters: { work_mem: "8MB\nlog_statement = 'all'" } }, /holds a line break/],
    [{ parameters: { work_mem: 'x'.repeat(1001) } }, /longer than 1000/],
    [{ parameters: { work_mem: null } }, /parameters\.work_mem must be a string/],
    [{ tlsCertFile: 'db.crt', tlsKeyFile: '/k' }, /^tlsCertFile must be a whole path/],
    [{ tlsCertFile: '/db.crt' }, /TLS needs both/],
    [{ minimum: 1 }, /^unknown field minimum/],
  ])('refuses %j', (change, message) => {
    expect(create(change)).toThrow(message);
    expect(create(change)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });

  it.each([null, 7, 'shop', [], undefined])('refuses a body that is %j', (body) => {
    expect(() => parseCreate(body)).toThrow('the body must be an object');
  });

  it('keeps a long list of faults short', () => {
    const parameters = Object.fromEntries(Array.from({ length: 90 }, (_, index) => [`a b${index}`, '1']));
    expect(create({ parameters })).toThrow(
      expect.objectContaining({ message: expect.stringMatching(/^.{1,600}$/) }),
    );
  });
});

describe('parseModify', () => {
  it('takes parts, and null for a parameter that goes back to its default', () => {
    expect(parseModify({ maxCapacity: 4, parameters: { work_mem: null } })).toEqual({
      maxCapacity: 4,
      parameters: { work_mem: null },
    });
  });

  it('takes an empty list, which ignores nobody any more', () => {
    expect(parseModify({ ignoreActivity: [] })).toEqual({ ignoreActivity: [] });
  });

  it.each([
    [{}, /nothing to modify/],
    [{ minCapacity: undefined }, /nothing to modify/],
    [{ minCapacity: 4, maxCapacity: 2 }, /is above the maximum/],
    [{ name: 'other' }, /unknown field name/],
    [{ port: 5432 }, /unknown field port/],
  ])('refuses %j', (body, message) => {
    expect(() => parseModify(body)).toThrow(message);
  });
});

it.each(['', ' ', 'nvme', './nvme', '/mnt/\0'])(
  '%j is no folder: the daemon works in another one',
  (path) => {
    const refusal = expect.objectContaining({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining('must be a whole path') as string,
    });
    expect(create({ localStorage: path })).toThrow(refusal);
    expect(() => parseModify({ localStorage: path })).toThrow(refusal);
    expect(() => parseEnableTier({ path, sizeBytes: 1024 ** 3 })).toThrow(refusal);
  },
);
