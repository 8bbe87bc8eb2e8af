import { describe, expect, it } from 'vitest';
import {
  parseEngineVersion,
  parseFile,
  parseMaxCapacity,
  parseMinCapacity,
  parseName,
  parseNetwork,
  parseParameter,
  parseParameterName,
  parsePort,
} from './cluster-arguments.ts';
import { stateDirOf } from './state-dir.ts';

const invalid = expect.objectContaining({ code: 'INVALID_ARGUMENT' }) as Error;

describe('arguments of the commands about databases', () => {
  it('are read', () => {
    expect(parseName('shop-1')).toBe('shop-1');
    expect(['0.5', '2', '256', ' 8 '].map(parseMaxCapacity)).toEqual([0.5, 2, 256, 8]);
    expect(['0', '0.0', '0.5', '256'].map(parseMinCapacity)).toEqual([0, 0, 0.5, 256]);
    expect(parsePort('5433')).toBe(5433);
    expect(parseEngineVersion('15')).toBe(15);
    expect(parseParameter('work_mem=8MB')).toEqual(['work_mem', '8MB']);
    expect(parseParameter('search_path=a=b, c')).toEqual(['search_path', 'a=b, c']);
    expect(parseParameter('log_line_prefix=')).toEqual(['log_line_prefix', '']);
    expect(parseParameterName('work_mem')).toBe('work_mem');
    expect(parseNetwork('10.0.0.0/8')).toBe('10.0.0.0/8');
    expect(parseFile('db.crt')).toBe(`${process.cwd()}/db.crt`);
  });

  it.each([
    [() => parseName('Shop'), /cannot name a database/],
    [() => parseMaxCapacity('0'), /a maximum capacity of 0 ACU is not possible: choose from 0\.5 to 256/],
    [() => parseMinCapacity('0.3'), /choose 0, or from 0\.5 to 256/],
    [() => parseMinCapacity('much'), /"much" is no capacity/],
    [() => parseMaxCapacity(''), /is no capacity/],
    [() => parseMaxCapacity('1e1'), /is no capacity/],
    [() => parseMinCapacity('0.7'), /steps of 0\.5/],
    [() => parseMaxCapacity('300'), /from 0\.5 to 256/],
    [() => parsePort('70000'), /1 to 65535/],
    [() => parseEngineVersion('19'), /13 to 18/],
    [() => parseParameter('work_mem'), /write it like work_mem=8MB/],
    [() => parseParameter('=8MB'), /write it like/],
    [() => parseParameter('a b=1'), /cannot name a parameter/],
    [() => parseNetwork('everywhere'), /write it like 10\.0\.0\.0\/8/],
  ])('are refused with the way out: %s', (parse, message) => {
    expect(parse).toThrow(message);
    expect(parse).toThrow(invalid);
  });
});

describe('stateDirOf', () => {
  const isRoot = process.getuid?.() === 0;

  it('is the folder given, else the usual one', () => {
    expect(stateDirOf('/srv/a', {})).toBe('/srv/a');
    const usual = stateDirOf(undefined, { XDG_DATA_HOME: '/data' });
    expect(usual).toBe(isRoot ? '/var/lib/airglow' : '/data/airglow');
  });
});
