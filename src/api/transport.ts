import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { AirglowError } from '../errors.ts';

export interface TransportRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
}

/** One way to a running Airglow. Raises NO_ANSWER where nothing answers. */
export interface Transport {
  /** For messages. */
  readonly address: string;
  send(request: TransportRequest): Promise<Response>;
}

export function tcpTransport(url: string): Transport {
  const address = url.replace(/\/+$/, '');
  return {
    address,
    async send({ path, ...init }) {
      try {
        return await fetch(`${address}${path}`, init);
      } catch (error) {
        throw new AirglowError(
          'NO_ANSWER',
          `nothing answers at ${address}; is airglow watch or up running?`,
          {
            cause: error,
          },
        );
      }
    },
  };
}

/**
 * By the control socket of `airglow up`. The platform's fetch cannot do that. Raises DAEMON_NOT_RUNNING, and
 * INSUFFICIENT_PRIVILEGE where the socket is somebody else's.
 */
export function socketTransport(socketPath: string): Transport {
  return {
    address: socketPath,
    async send(asked) {
      try {
        return toResponse(await answerOf(socketPath, asked));
      } catch (error) {
        throw explain(error as NodeJS.ErrnoException, socketPath);
      }
    },
  };
}

async function answerOf(socketPath: string, asked: TransportRequest): Promise<IncomingMessage> {
  const { method, path, headers, body, signal } = asked;
  return await new Promise((resolve, reject) => {
    // An agent would keep the connection, and with it the daemon, waiting for another question.
    // Without it the body of a DELETE would have no end that the server can see.
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const options = { socketPath, method, path, headers: { ...headers, ...length }, agent: false };
    const sent = request({ ...options, ...(signal ? { signal } : {}) }, resolve);
    sent.on('error', reject);
    sent.end(body);
  });
}

function toResponse(message: IncomingMessage): Response {
  const headers = new Headers();
  for (const [name, value] of Object.entries(message.headers)) {
    for (const one of Array.isArray(value) ? value : [value ?? '']) headers.append(name, one);
  }
  const body = Readable.toWeb(message) as ReadableStream<Uint8Array>;
  return new Response(body, { status: message.statusCode ?? 500, headers });
}

function explain(error: NodeJS.ErrnoException, socketPath: string): AirglowError {
  const folder = dirname(socketPath);
  const options = { cause: error };
  if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED' || error.code === 'ENOTDIR') {
    const message = `no airglow runs with the state folder ${folder}: start it with airglow up, or name another folder with --state (root's is /var/lib/airglow)`;
    return new AirglowError('DAEMON_NOT_RUNNING', message, options);
  }
  if (error.code === 'EACCES') {
    const message = `only its owner may use the airglow that runs with the state folder ${folder}: become that user, or root`;
    return new AirglowError('INSUFFICIENT_PRIVILEGE', message, options);
  }
  return new AirglowError('NO_ANSWER', `airglow does not answer at ${socketPath}: ${error.message}`, options);
}
