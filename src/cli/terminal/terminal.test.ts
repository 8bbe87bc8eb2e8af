import { describe, expect, it } from 'vitest';
import { OTHER } from '../../history/history.ts';
import { colorDepth } from './color-depth.ts';
import { decodeKeys } from './keys.ts';
import { formatAas, formatDuration, formatPeriod } from './numbers.ts';
import { marksOf } from './wait-hues.ts';

describe('colorDepth', () => {
  it.each([
    { name: '--no-color', flag: false, env: { FORCE_COLOR: '3' }, terminal: 24, depth: 0 },
    { name: 'NO_COLOR', flag: true, env: { NO_COLOR: '1', FORCE_COLOR: '3' }, terminal: 24, depth: 0 },
    {
      name: 'an empty NO_COLOR, which does not count',
      flag: true,
      env: { NO_COLOR: '' },
      terminal: 8,
      depth: 8,
    },
    {
      name: 'FORCE_COLOR without a terminal',
      flag: true,
      env: { FORCE_COLOR: '1' },
      terminal: null,
      depth: 4,
    },
    { name: 'FORCE_COLOR=0', flag: true, env: { FORCE_COLOR: '0' }, terminal: 24, depth: 0 },
    { name: 'a pipe', flag: true, env: {}, terminal: null, depth: 0 },
    { name: 'a terminal with 16 colours', flag: true, env: {}, terminal: 4, depth: 4 },
    { name: 'a terminal without colours', flag: true, env: {}, terminal: 1, depth: 0 },
  ])('$name gives $depth', ({ flag, env, terminal, depth }) => {
    expect(colorDepth(flag, env, terminal)).toBe(depth);
  });
});

describe('decodeKeys', () => {
  it('names the keys that have no letter', () => {
    expect(decodeKeys('\u001b[A\u001b[Bq\r\u0003')).toEqual(['up', 'down', 'q', 'enter', 'ctrl-c']);
  });

  it('tells a lone escape from a sequence, and leaves unknown sequences out', () => {
    expect(decodeKeys('\u001b')).toEqual(['escape']);
    expect(decodeKeys('\u001b[15~1')).toEqual(['1']);
  });
});

describe('numbers', () => {
  it('gives an AAS the decimals that matter', () => {
    expect([0, 0.254, 8.016, 9.996, 34.12, 99.96].map(formatAas)).toEqual([
      '0.00',
      '0.25',
      '8.02',
      '10.0',
      '34.1',
      '100',
    ]);
  });

  it('says durations as a person does', () => {
    expect([12.4, 3400, 45_000, 125_000, 11_520_000].map(formatDuration)).toEqual([
      '12 ms',
      '3.4 s',
      '45 s',
      '2 min 05 s',
      '3 h 12 min',
    ]);
    expect([250, 1000, 90_000, 300_000].map(formatPeriod)).toEqual(['250 ms', '1 s', '1.5 min', '5 min']);
  });
});

describe('marksOf', () => {
  it('stacks CPU below I/O below locks, whatever loads most', () => {
    const marks = marksOf('db.wait_event', [OTHER, 'Lock:tuple', 'IO:WALSync', 'CPU:Waiting', 'CPU:Running']);
    expect(marks.map(({ key, letter }) => `${letter} ${key}`)).toEqual([
      'C CPU:Running',
      'w CPU:Waiting',
      'I IO:WALSync',
      'L Lock:tuple',
      `? ${OTHER}`,
    ]);
  });

  it('gives every key a letter of its own', () => {
    const keys = [
      'IO:DataFileRead',
      'IO:DataFileWrite',
      'IO:DataFileSync',
      'LWLock:WALWrite',
      'Lock:tuple',
      'Odd',
    ];
    const letters = marksOf('db.wait_event', keys).map(({ letter }) => letter);
    expect(new Set(letters).size).toBe(keys.length);
  });

  it('gives kin different shades', () => {
    const [read, write] = marksOf('db.wait_event', ['IO:DataFileRead', 'IO:DataFileWrite']);
    expect(read?.hue).not.toEqual(write?.hue);
  });

  it('tells pages of the second cache tier from those of storage, and leaves these as they were', () => {
    const reads = ['IO:DataFileRead', 'IO:WALSync'];
    const marks = marksOf('db.wait_event', [...reads, 'IO:TieredCacheRead']);
    expect(new Set(marks.map(({ hue }) => hue.c256)).size).toBe(3);
    expect(new Set(marks.map(({ letter }) => letter)).size).toBe(3);
    expect(marks.filter(({ key }) => reads.includes(key))).toEqual(marksOf('db.wait_event', reads));
  });
});
