import { chmod, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import { connect } from 'node:net';
import type { Api } from '../api/http/api-parts.ts';
import { AirglowError } from '../errors.ts';
import { closeServer, createApiServer } from './http-server.ts';

/** What the kernel takes, its closing zero not counted; anything longer would be cut without a word. */
const MOST_PATH_BYTES = 107;
/** Making and starting a database may take a while, in which nothing is sent. */
const IDLE_SOCKET_MS = 900_000;

/**
 * Serves the API on a Unix socket that only its owner can open, with all rights. What an earlier process left there is
 * taken away, so the caller holds the lock of the state folder. Raises INVALID_ARGUMENT.
 */
export async function listenOnControlSocket(api: Api, path: string): Promise<{ close(): Promise<void> }> {
  requireShort(path);
  await rm(path, { force: true });
  const server = createApiServer(api, { isOwner: true });
  server.timeout = IDLE_SOCKET_MS;
  try {
    await bind(server, path);
    await chmod(path, 0o600);
  } catch (error) {
    await closeServer(server);
    const reason = error instanceof Error ? error.message : String(error);
    throw new AirglowError('INVALID_ARGUMENT', `the control socket ${path} cannot be made: ${reason}`, {
      cause: error,
    });
  }
  return { close: () => closeServer(server) };
}

/** Whether a process listens there. */
export async function isAnswering(path: string): Promise<boolean> {
  if (Buffer.byteLength(path) > MOST_PATH_BYTES) return false;
  return await new Promise((resolve) => {
    const socket = connect(path);
    const settle = (answers: boolean): void => {
      socket.destroy();
      resolve(answers);
    };
    socket.once('connect', () => settle(true));
    socket.once('error', (error: NodeJS.ErrnoException) =>
      // Somebody else's, or one whose queue is full, is there all the same.
      settle(error.code === 'EACCES' || error.code === 'EAGAIN'),
    );
  });
}

/** Raises INVALID_ARGUMENT. */
export function requireShort(path: string): void {
  if (Buffer.byteLength(path) <= MOST_PATH_BYTES) return;
  throw new AirglowError(
    'INVALID_ARGUMENT',
    `${path} is too long for a socket (${MOST_PATH_BYTES} bytes are the most): choose a shorter folder with --state`,
  );
}

async function bind(server: Server, path: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    // The socket appears within this call, and there is no moment in which others may open it.
    const before = process.umask(0o177);
    try {
      server.listen(path, () => {
        server.off('error', reject);
        resolve();
      });
    } finally {
      process.umask(before);
    }
  });
}
