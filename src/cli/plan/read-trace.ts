import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { PassThrough, Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import Papa from 'papaparse';
import { AirglowError } from '../../errors.ts';
import type { CsvOptions } from '../../planner/traces/columns.ts';
import { CsvTraceParser } from '../../planner/traces/parse-csv.ts';
import type { ReadTrace } from '../../planner/traces/units.ts';

const CHUNK_BYTES = 512 * 1024;
/** Control characters, but for tabs, line ends and the like, and what no UTF-8 is. */
const NO_TEXT = /(?!\s)\p{Cc}|\uFFFD/u;
/** After so many parts of the text without the end of a row none is expected; what is kept of them would fill the memory. */
const MOST_PARTS_OF_A_ROW = 8;
const DELIMITERS = [',', ';', '\t', '|'];

/** What is left out or null the file has to say itself. */
export interface ReadTraceOptions extends Partial<Omit<CsvOptions, 'name' | 'file'>> {
  /** Bytes read, and of how many; null where nobody knows. As often as a part was read. */
  readonly onProgress?: (bytes: number, ofBytes: number | null) => void;
  /** For `-`; the process's own unless told otherwise. */
  readonly stdin?: Readable;
}

/**
 * Reads a trace from a CSV file, packed with gzip where its name ends in `.gz`; `-` is standard input. Raises
 * INVALID_ARGUMENT for whatever is wrong with it.
 */
export async function readTraceFile(path: string, options: ReadTraceOptions): Promise<ReadTrace> {
  const file = path === '-' ? 'standard input' : path;
  const { periodSeconds = null, unit = null, vcpus = null, coresPerRequest = null } = options;
  const name = traceName(path);
  const parser = new CsvTraceParser({ name, file, periodSeconds, unit, vcpus, coresPerRequest });
  const ofBytes = path === '-' ? null : await sizeOf(path);
  let bytes = 0;
  const counter = new Transform({
    transform(chunk: Buffer, _, done) {
      bytes += chunk.length;
      options.onProgress?.(bytes, ofBytes);
      done(null, chunk);
    },
  });
  const source =
    path === '-' ? (options.stdin ?? process.stdin) : createReadStream(path, { highWaterMark: CHUNK_BYTES });
  const unpack = path.toLowerCase().endsWith('.gz')
    ? createGunzip({ chunkSize: CHUNK_BYTES })
    : new PassThrough();
  const text = new PassThrough({ highWaterMark: CHUNK_BYTES, encoding: 'utf8' });
  const [read, parsed] = await Promise.allSettled([
    pipeline(source, counter, unpack, text),
    parseRows(text, parser, file),
  ]);
  // What is wrong with its rows ends the reading too, and says more than that it ended.
  for (const { reason } of [parsed, read].filter((part) => part.status === 'rejected'))
    throw reason instanceof AirglowError ? reason : cannotRead(file, reason);
  return parser.finish();
}

/** The file's name without its ending. */
export function traceName(path: string): string {
  return path === '-' ? 'stdin' : basename(path).replace(/(?:\.csv|\.tsv|\.txt)?(?:\.gz)?$/i, '');
}

async function sizeOf(path: string): Promise<number | null> {
  try {
    const facts = await stat(path);
    if (facts.isDirectory())
      throw new AirglowError('INVALID_ARGUMENT', `${path} is a folder; name a CSV file`);
    return facts.isFile() ? facts.size : null;
  } catch (error) {
    throw error instanceof AirglowError ? error : cannotRead(path, error);
  }
}

/** Raises what the parser raises; the rest of the text is then not read. */
function parseRows(text: Readable, parser: CsvTraceParser, file: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (error: unknown) => {
      text.destroy();
      reject(error);
    };
    let parts = 0;
    Papa.parse<string[]>(text, {
      delimiter: delimiterOf,
      chunk({ data }, handle) {
        try {
          parts = data.length === 0 ? parts + 1 : 0;
          if (parts > MOST_PARTS_OF_A_ROW) throw endless(file, parser.line);
          refuseBinary(data, file);
          parser.addRows(data);
        } catch (error) {
          // Aborting counts as completing, so the reason goes first.
          stop(error);
          handle.abort();
        }
      },
      complete: () => resolve(),
      error: stop,
    });
  });
}

/** The one that the first line has most of. */
function delimiterOf(text: string): string {
  const [line = ''] = text.trimStart().split(/[\r\n]/, 1);
  const counted = DELIMITERS.map((delimiter) => ({ delimiter, count: line.split(delimiter).length }));
  return counted.reduce((best, next) => (next.count > best.count ? next : best)).delimiter;
}

function refuseBinary(rows: readonly (readonly string[])[], file: string): void {
  // Its beginning tells; and whatever comes later is a bad number.
  for (const cell of rows[0] ?? [])
    if (NO_TEXT.test(cell))
      throw new AirglowError(
        'INVALID_ARGUMENT',
        `${file} is no text in UTF-8: a trace is a CSV file with a header, and named .gz if it is packed with gzip`,
      );
}

function endless(file: string, line: number): AirglowError {
  return new AirglowError(
    'INVALID_ARGUMENT',
    `${file}: the row after line ${line} does not end. A quote may be open, or this is no CSV file`,
  );
}

function cannotRead(file: string, error: unknown): AirglowError {
  const { code, message } = error as NodeJS.ErrnoException;
  return new AirglowError('INVALID_ARGUMENT', `cannot read ${file}: ${reasonOf(code) ?? message}`, {
    cause: error,
  });
}

function reasonOf(code: string | undefined): string | null {
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EACCES' || code === 'EPERM') return 'no permission to read it';
  if (code?.startsWith('Z_') === true) return 'it is not packed with gzip, or was cut off';
  return null;
}
