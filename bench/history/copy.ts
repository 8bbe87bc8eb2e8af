import type { Socket } from 'node:net';
import type { Client, Submittable } from 'pg';

/** What the driver's connection has, and its type does not say. */
interface CopyConnection {
  query(text: string): void;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
  sendCopyFail(message: string): void;
  readonly stream: Socket;
}

const CHUNK_CHARACTERS = 1 << 18;

/** Runs `COPY ... FROM STDIN` with these lines; the driver knows the protocol, but has no call for it. Counts lines. */
export async function copyLines(client: Client, sql: string, lines: Iterable<string>): Promise<number> {
  let count = 0;
  const send = async (connection: CopyConnection): Promise<void> => {
    let text = '';
    for (const line of lines) {
      count++;
      text += line;
      if (text.length < CHUNK_CHARACTERS) continue;
      connection.sendCopyFromChunk(Buffer.from(text));
      text = '';
      if (connection.stream.writableNeedDrain)
        await new Promise((resume) => connection.stream.once('drain', resume));
    }
    connection.sendCopyFromChunk(Buffer.from(text));
    connection.endCopyFrom();
  };
  await new Promise<void>((resolve, reject) => {
    const query = {
      submit: (connection: CopyConnection) => connection.query(sql),
      handleCopyInResponse: (connection: CopyConnection) => {
        send(connection).catch((error: unknown) => {
          connection.sendCopyFail(String(error));
          reject(error instanceof Error ? error : new Error(String(error)));
        });
      },
      handleCommandComplete: () => {},
      handleReadyForQuery: () => resolve(),
      handleError: (error: Error) => reject(error),
    };
    client.query(query as unknown as Submittable);
  });
  return count;
}
