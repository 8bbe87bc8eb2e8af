import type { Client } from 'pg';

interface Wire {
  query(text: string): void;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
}

/** A `COPY ... FROM STDIN` under way. */
export interface CopyIn {
  write(rows: string): void;
  /** Resolves when the server has taken all of it. */
  end(): Promise<void>;
}

/** Resolves when the server waits for rows. */
export async function copyIn(client: Client, statement: string): Promise<CopyIn> {
  let wire: Wire | null = null;
  let done: () => void = () => {};
  let failed: (error: Error) => void = () => {};
  const finished = new Promise<void>((resolve, reject) => {
    [done, failed] = [resolve, reject];
  });
  await new Promise<void>((resolve, reject) => {
    client.query({
      submit: (connection: Wire) => {
        wire = connection;
        connection.query(statement);
      },
      handleCopyInResponse: () => resolve(),
      handleCommandComplete: () => {},
      handleReadyForQuery: () => done(),
      handleError: (error: Error) => {
        reject(error);
        failed(error);
      },
    } as never);
  });
  return {
    write: (rows) => wire?.sendCopyFromChunk(Buffer.from(rows)),
    async end() {
      wire?.endCopyFrom();
      await finished;
    },
  };
}
