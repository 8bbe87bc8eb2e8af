import {
  BIGINT,
  type DuckDBAppender,
  type DuckDBConnection,
  DuckDBDataChunk,
  DuckDBInstance,
  type DuckDBValue,
  INTEGER,
  VARCHAR,
} from '@duckdb/node-api';

/** Numbers are bound as INTEGER: a DOUBLE would make DuckDB convert whole columns to compare them. */
export type Parameter = number | string;
export type ColumnValues = readonly (number | string | boolean | null)[];

/** Rows per chunk that DuckDB takes at once. */
const CHUNK_ROWS = 2048;

/** One connection; it does one thing at a time. All that is particular to DuckDB's client is in this file. */
export class Session {
  readonly #connection: DuckDBConnection;
  readonly #chunks = new Map<string, DuckDBDataChunk>();

  constructor(connection: DuckDBConnection) {
    this.#connection = connection;
  }

  /** Runs one statement and returns its rows as columns. Sums are to be cast to DOUBLE in SQL. */
  async columns(sql: string, parameters: readonly Parameter[] = []): Promise<unknown[][]> {
    const types = parameters.map((value) => (typeof value === 'number' ? INTEGER : VARCHAR));
    const result =
      parameters.length === 0
        ? await this.#connection.run(sql)
        : await this.#connection.run(sql, [...parameters], types);
    const columns = await result.getColumnsJS();
    // Without rows there are no columns either.
    return columns.length > 0 ? columns : Array.from({ length: result.columnCount }, () => []);
  }

  async run(sql: string, parameters: readonly Parameter[] = []): Promise<void> {
    await this.columns(sql, parameters);
  }

  async transaction<T>(work: () => Promise<T>): Promise<T> {
    await this.run('BEGIN TRANSACTION');
    try {
      const result = await work();
      await this.run('COMMIT');
      return result;
    } catch (error) {
      // A failed commit has ended the transaction by itself.
      await this.run('ROLLBACK').catch(() => {});
      throw error;
    }
  }

  /** Appends rows given as columns. Inside a transaction, so that only the commit touches the disk. */
  async append(catalog: string, table: string, columns: readonly ColumnValues[]): Promise<void> {
    const rowCount = columns[0]?.length ?? 0;
    if (rowCount === 0) return;
    const appender = await this.#connection.createAppender(table, 'main', catalog);
    try {
      for (let from = 0; from < rowCount; from += CHUNK_ROWS) {
        const chunk = this.#chunkFor(table, appender, columns.length);
        fillChunk(chunk, columns, from, Math.min(rowCount, from + CHUNK_ROWS));
        appender.appendDataChunk(chunk);
      }
    } finally {
      appender.closeSync();
    }
  }

  /** Chunks live outside of the heap that the garbage collector watches, so they are used again. */
  #chunkFor(table: string, appender: DuckDBAppender, columnCount: number): DuckDBDataChunk {
    let chunk = this.#chunks.get(table);
    if (!chunk) {
      chunk = DuckDBDataChunk.create(
        Array.from({ length: columnCount }, (_, index) => appender.columnType(index)),
      );
      this.#chunks.set(table, chunk);
    }
    chunk.reset();
    return chunk;
  }

  close(): void {
    this.#connection.closeSync();
  }
}

function fillChunk(chunk: DuckDBDataChunk, columns: readonly ColumnValues[], from: number, to: number): void {
  chunk.rowCount = to - from;
  columns.forEach((values, index) => {
    const part: DuckDBValue[] = values.slice(from, to);
    const isBigint = chunk.getColumnVector(index).type === BIGINT;
    chunk.setColumnValues(
      index,
      isBigint ? part.map((value) => (value === null ? null : BigInt(Number(value)))) : part,
    );
  });
}

export interface DatabaseLimits {
  readonly memoryLimitMb: number;
  readonly threads: number;
  /** Where intermediate results go that do not fit into the memory. */
  readonly temporaryDirectory: string;
}

/** One DuckDB in this process, which the files are attached to; so memory and threads are bounded once for all. */
export class Database {
  readonly #instance: DuckDBInstance;
  readonly writer: Session;
  readonly #readers: Session[];
  readonly #waiting: ((session: Session) => void)[] = [];

  private constructor(instance: DuckDBInstance, writer: Session, readers: Session[]) {
    this.#instance = instance;
    this.writer = writer;
    this.#readers = readers;
  }

  static async open({ memoryLimitMb, threads, temporaryDirectory }: DatabaseLimits): Promise<Database> {
    const instance = await DuckDBInstance.create(':memory:', {
      memory_limit: `${memoryLimitMb}MB`,
      threads: String(threads),
      temp_directory: temporaryDirectory,
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
    });
    // Two readers and one writer leave a thread of Node's pool of four for its files and names.
    const [writer, ...readers] = await Promise.all([0, 1, 2].map(() => instance.connect()));
    return new Database(
      instance,
      new Session(writer!),
      readers.map((connection) => new Session(connection)),
    );
  }

  /** Lends a connection; all its queries see the same state of the data. */
  async read<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const session = this.#readers.pop() ?? (await new Promise<Session>((lend) => this.#waiting.push(lend)));
    try {
      return await session.transaction(() => work(session));
    } finally {
      const next = this.#waiting.shift();
      if (next) next(session);
      else this.#readers.push(session);
    }
  }

  /** Nobody may be reading or writing. */
  close(): void {
    for (const session of [this.writer, ...this.#readers]) session.close();
    this.#instance.closeSync();
  }
}
