import { describe, expect, it } from 'vitest';
import type { CsvOptions } from './columns.ts';
import { CsvTraceParser } from './parse-csv.ts';
import type { ReadTrace } from './units.ts';

const NOTHING: CsvOptions = {
  name: 'load',
  file: 'load.csv',
  periodSeconds: null,
  unit: null,
  vcpus: null,
  coresPerRequest: null,
};

function parse(text: string, options: Partial<CsvOptions> = {}): ReadTrace {
  const parser = new CsvTraceParser({ ...NOTHING, ...options });
  parser.addRows(text.split('\n').map((line) => line.split(',')));
  return parser.finish();
}

const cores = (text: string, options: Partial<CsvOptions> = {}) => [...parse(text, options).trace.cpuCores];
const notes = (text: string, options: Partial<CsvOptions> = {}) =>
  parse(text, options).trace.notes.join('\n');

describe('a CSV trace', () => {
  it('has the times, the step and the values of its rows', () => {
    const { trace } = parse('timestamp,cpu_cores\n2026-03-01 00:00:00,1\n2026-03-01 00:01:00,2.5\n');
    expect(trace).toMatchObject({
      name: 'load',
      startMs: Date.UTC(2026, 2, 1),
      stepSeconds: 60,
      length: 2,
      ioSessions: null,
      notes: [],
    });
    expect([...trace.cpuCores]).toEqual([1, 2.5]);
  });

  it('may come in parts, with a mark of its encoding, spaces and capitals', () => {
    const parser = new CsvTraceParser({ ...NOTHING, periodSeconds: 10 });
    parser.addRows([['\uFEFF CPU_Cores ']]);
    parser.addRows([[''], [' 1 ']]);
    parser.addRows([['3\r']]);
    expect([...parser.finish().trace.cpuCores]).toEqual([1, 3]);
  });

  it('without timestamps has the period for a step and no times', () => {
    expect(parse('cpu_cores\n1\n2', { periodSeconds: 300 }).trace).toMatchObject({
      startMs: null,
      stepSeconds: 300,
      length: 2,
    });
  });

  it('skips blank lines, and rows of empty cells where there are timestamps', () => {
    expect(cores('timestamp,cpu_cores\n0,1\n,\n1,2\n,\n\n')).toEqual([1, 2]);
    expect(cores('cpu_cores,memory_gib\n1,1\n,\n3,1', { periodSeconds: 1 })).toEqual([1, 1, 3]);
    expect(notes('cpu_cores\n1\n\n3\n\n', { periodSeconds: 1 })).toContain('Blank lines between rows: 1.');
  });

  it('with small numbers as timestamps has no times', () => {
    const { trace } = parse('timestamp,cpu_cores\n0,1\n5,2\n10,3');
    expect(trace).toMatchObject({ startMs: null, stepSeconds: 5, length: 3 });
    expect(trace.notes.join()).toContain('small numbers');
  });

  it('turns every column into its unit', () => {
    const { trace } = parse(
      'timestamp,cpu_cores,aas_io,aas_lock,memory_gib,network_mbps\n0,1,2,3,4,8\n1,1,2,3,0.5,16',
    );
    expect([...trace.ioSessions!]).toEqual([2, 2]);
    expect([...trace.lockSessions!]).toEqual([3, 3]);
    expect([...trace.memoryBytes!]).toEqual([4 * 2 ** 30, 2 ** 29]);
    expect([...trace.networkBytesPerSecond!]).toEqual([1e6, 2e6]);
  });

  it('takes percent of the CPUs, and knows that there were no more', () => {
    const { trace, cpuCeilingCores } = parse('timestamp,cpu_percent\n0,50\n60,150', { vcpus: 4 });
    expect([...trace.cpuCores]).toEqual([2, 6]);
    expect(cpuCeilingCores).toBe(4);
    expect(trace.notes.join()).toContain('Above 100 % of the CPU: 1 of 2 steps');
  });

  it('takes requests of a step, not of a second', () => {
    expect(cores('timestamp,requests\n0,600\n60,1200', { coresPerRequest: 0.5 })).toEqual([5, 10]);
  });

  it('cuts sessions to the CPUs where those are known', () => {
    expect(cores('timestamp,aas_cpu\n0,1\n1,9', { vcpus: 4 })).toEqual([1, 4]);
    expect(notes('timestamp,aas_cpu\n0,1\n1,9', { vcpus: 4 })).toContain(
      'more of them than the 4 CPUs in 1 of 2 steps',
    );
    expect(cores('timestamp,aas_cpu\n0,1\n1,9')).toEqual([1, 9]);
  });

  it.each([
    ['cores', {}, [50, 100]],
    ['cpu-percent', { vcpus: 2 }, [1, 2]],
    ['aas', { vcpus: 64 }, [50, 64]],
    ['requests', { coresPerRequest: 0.1 }, [0.5, 1]],
  ] as const)('reads value as %s', (unit, options, expected) => {
    expect(cores('timestamp,value\n0,50\n10,100', { unit, ...options })).toEqual(expected);
  });

  it('prefers cores to percent to requests to sessions, and says so', () => {
    const text = 'timestamp,aas_cpu,requests,cpu_percent,cpu_cores\n0,1,2,3,4\n1,1,2,3,4';
    expect(cores(text)).toEqual([4, 4]);
    expect(notes(text)).toContain('CPU is read from column "cpu_cores"');
    const fewer = 'timestamp,aas_cpu,requests,cpu_percent\n0,1,2,50\n1,1,2,50';
    expect(cores(fewer, { vcpus: 2 })).toEqual([1, 1]);
  });

  it('leaves out what it does not know, and value without a unit beside CPU', () => {
    expect(notes('timestamp,host,cpu_cores,value\n0,a,1,7\n1,a,1,7')).toContain(
      'Columns "host", "value" left out',
    );
  });

  it('may have no CPU at all', () => {
    const { trace } = parse('timestamp,memory_gib\n0,1\n1,2');
    expect([...trace.cpuCores]).toEqual([0, 0]);
    expect(trace.notes.join()).toContain('No column says how much CPU');
  });

  it('holds the value before where cells are empty or rows lack', () => {
    const text = 'timestamp,cpu_cores\n0,1\n60,\n120,3\n180,4\n480,5';
    expect(cores(text)).toEqual([1, 1, 3, 4, 4, 4, 4, 4, 5]);
    expect(notes(text)).toContain(
      '5 of 9 steps had no figures, so the value before is held; the longest gap is 4 min',
    );
  });

  it('sorts rows', () => {
    const text = 'timestamp,cpu_cores\n120,3\n0,1\n60,2';
    expect(cores(text)).toEqual([1, 2, 3]);
    expect(notes(text)).toContain('they were sorted');
  });

  it('takes the mean of what a timestamp says twice', () => {
    const text = 'timestamp,cpu_cores,memory_gib\n0,1,1\n1,2,1\n1,4,\n2,5,1\n2,5,1';
    expect(cores(text)).toEqual([1, 3, 5]);
    expect(notes(text)).toContain('with different values: 1; the mean counts');
    expect(notes(text)).toContain('with the same values: 1.');
  });
});

describe('what is no trace', () => {
  it.each([
    ['', {}, 'load.csv is empty'],
    ['timestamp,cpu_cores\n', {}, 'a header and no rows'],
    ['timestamp,cpu_cores\n0,1\n', {}, 'a single row'],
    ['timestamp,cpu_cores\n5,1\n5,2\n', {}, 'the same timestamp'],
    ['timestamp,cpu_cores\n0,\n1,\n', {}, 'no number at all in "cpu_cores"'],
    ['a,b\n1,2', {}, 'no column with load: its first line has "a", "b"'],
    ['timestamp,cpu_cores,CPU_CORES\n1,2,3', {}, 'line 1: the header names column "cpu_cores" twice'],
    ['timestamp,value\n0,1\n1,2', {}, 'add --unit cpu-percent|cores|aas|requests'],
    ['timestamp,cpu_percent\n0,1\n1,2', {}, '--vcpus'],
    ['timestamp,cpu_percent\n0,1\n1,2', { vcpus: 0 }, '--vcpus must be a number above 0, not 0'],
    ['timestamp,requests\n0,1\n1,2', {}, '--cores-per-request'],
    ['cpu_cores\n1\n2', {}, '--period'],
    ['at,cpu_cores\n1,1\n2,2', {}, 'rename column "at" to it'],
    ['cpu_cores\n1\n2', { periodSeconds: -1 }, '--period must be a number of seconds above 0, not -1'],
    ['timestamp,cpu_cores\n0,1\n\n1,x', {}, 'load.csv, line 4, column "cpu_cores": "x" cannot be read'],
    ['timestamp,cpu_cores\n0,-1', {}, 'line 2, column "cpu_cores": "-1"'],
    ['timestamp,cpu_cores\n0,NaN', {}, '"NaN" cannot be read'],
    ['timestamp,cpu_cores\n0,Infinity', {}, '"Infinity" cannot be read'],
    ['timestamp,cpu_cores\n0,0x10', {}, '"0x10" cannot be read'],
    [
      'timestamp,cpu_cores\nsoon,1',
      {},
      'line 2, column "timestamp": "soon" cannot be read; write it as ISO 8601',
    ],
    ['timestamp,cpu_cores\n0,1,5', {}, 'line 2 has 3 cells and the header 2'],
    ['timestamp,cpu_cores\n0,1\n1,2\n2,2\n1700000000,1', {}, 'is a timestamp wrong?'],
  ] as const)('%j with %j is refused', (text, options, message) => {
    expect(() => parse(text, options)).toThrowError(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(message) }),
    );
  });

  it('says that a decimal comma is meant', () => {
    const parser = new CsvTraceParser({ ...NOTHING, periodSeconds: 1 });
    expect(() => parser.addRows([['cpu_cores'], ['1,5']])).toThrow('write it with a decimal point');
  });

  it('counts the lines within quoted cells that nobody reads', () => {
    const parser = new CsvTraceParser({ ...NOTHING, periodSeconds: 1 });
    const rows = [
      ['cpu_cores', 'remark'],
      ['1', 'two\nlines'],
      ['bad', ''],
    ];
    expect(() => parser.addRows(rows)).toThrow('line 4, column "cpu_cores"');
  });
});
