import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTraceFile, traceName, type ReadTraceOptions } from './read-trace.ts';

const NOTHING: ReadTraceOptions = {};
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'airglow-trace-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

async function cores(path: string, options: Partial<ReadTraceOptions> = {}): Promise<number[]> {
  const { trace } = await readTraceFile(path, { ...NOTHING, ...options });
  return [...trace.cpuCores];
}

describe('a file with a trace', () => {
  const text = 'timestamp,cpu_cores\n2026-03-01 00:00:00,1\n2026-03-01 00:05:00,2\n';

  it.each([
    ['plain.csv', text],
    ['windows.csv', `\uFEFF${text.replaceAll('\n', '\r\n')}`],
    ['quoted.csv', text.replaceAll(/[^,\n]+/g, '"$&"')],
    ['unended.csv', text.trimEnd()],
    ['blank.csv', text.replaceAll('\n', '\n\n')],
    ['semicolons.csv', text.replaceAll(',', ';')],
    ['tabs.tsv', text.replaceAll(',', '\t')],
    ['packed.csv.gz', gzipSync(text)],
  ])('%s is read', async (name, content) => {
    expect(await cores(file(name, content))).toEqual([1, 2]);
  });

  it('gives its name to the trace', () => {
    expect(traceName('/data/orders.csv.gz')).toBe('orders');
    expect(traceName('orders.v2.csv')).toBe('orders.v2');
    expect(traceName('-')).toBe('stdin');
  });

  it('may come from standard input', async () => {
    const stdin = Readable.from([Buffer.from(text.slice(0, 30)), Buffer.from(text.slice(30))]);
    expect(await cores('-', { stdin })).toEqual([1, 2]);
  });

  it('may have one column and quoted text with line breaks', async () => {
    expect(await cores(file('one.csv', 'cpu_cores\n1\n2\n3\n'), { periodSeconds: 60 })).toEqual([1, 2, 3]);
    const remarks = 'remark,cpu_cores\n"a, b\n""c""",1\nd,2\n';
    expect(await cores(file('remarks.csv', remarks), { periodSeconds: 60 })).toEqual([1, 2]);
  });

  it('is read in parts, of which it tells', async () => {
    const rows = Array.from({ length: 200_000 }, (_, index) => `${1.7e9 + index},${index % 7}`);
    const long = file('long.csv', `timestamp,cpu_cores\n${rows.join('\n')}\n`);
    const told: [number, number | null][] = [];
    const { trace } = await readTraceFile(long, {
      ...NOTHING,
      onProgress: (bytes, ofBytes) => told.push([bytes, ofBytes]),
    });
    expect(trace).toMatchObject({ length: 200_000, stepSeconds: 1, notes: [] });
    expect(trace.cpuCores.every((value, index) => value === index % 7)).toBe(true);
    expect(told.length).toBeGreaterThan(3);
    expect(told.at(-1)![0]).toBe(told.at(-1)![1]);
  });
});

describe('a file without a trace', () => {
  const refused = async (path: string, message: string) =>
    expect(readTraceFile(path, NOTHING)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining(message),
    });

  it('is refused with the reason', async () => {
    await refused(join(folder, 'missing.csv'), 'there is no such file');
    await refused(folder, 'is a folder');
    await refused(file('empty.csv', ''), 'empty.csv is empty');
    await refused(file('binary.csv', Buffer.from([0, 1, 2, 255, 254, 10, 0, 9])), 'is no text in UTF-8');
    await refused(file('packed.csv', gzipSync('timestamp,cpu_cores\n1,2\n')), 'named .gz if it is packed');
    await refused(file('text.csv.gz', 'timestamp,cpu_cores\n1,2\n'), 'not packed with gzip');
    await refused(file('prose.csv', 'Dear reader,\nthis is a letter.\n'), 'no column with load');
    await refused(
      file('bad.csv', 'timestamp,cpu_cores\r\n1,2\r\n2,x\r\n'),
      'bad.csv, line 3, column "cpu_cores": "x"',
    );
  });

  it('is refused in the midst of a long one', async () => {
    const rows = Array.from(
      { length: 300_000 },
      (_, index) => `${1.7e9 + index},${index === 150_000 ? 'x' : 1}`,
    );
    await refused(file('late.csv', `timestamp,cpu_cores\n${rows.join('\n')}\n`), 'late.csv, line 150002');
  });

  it('is refused where a quote stays open or no line ends, before it fills the memory', async () => {
    const row = 'timestamp,cpu_cores\n1,1\n2,"2\n';
    await refused(
      file('open.csv', row + '3,3\n'.repeat(4_000_000)),
      'open.csv: the row after line 2 does not end',
    );
    await refused(file('endless.csv', 'x'.repeat(10_000_000)), 'the row after line 0 does not end');
  });

  it('is refused where reading fails', async () => {
    const stdin = new Readable({ read: () => stdin.destroy(new Error('the disk is gone')) });
    await expect(readTraceFile('-', { ...NOTHING, stdin })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: 'cannot read standard input: the disk is gone',
    });
  });

  it.skipIf(process.getuid?.() === 0)('is refused without permission', async () => {
    const secret = file('secret.csv', 'timestamp,cpu_cores\n1,2\n');
    chmodSync(secret, 0o000);
    await refused(secret, 'no permission');
  });
});
