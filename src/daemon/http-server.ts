import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { Api } from '../api/http/api-parts.ts';
import { AirglowError } from '../errors.ts';
import { isLoopback, urlOf } from './listen-address.ts';
import type { ListenAddress } from './listen-address.ts';

export interface ListeningServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Bounds for whoever connects and then says little, much or nothing. */
const SERVER_OPTIONS = {
  maxHeaderSize: 16 * 1024,
  headersTimeout: 10_000,
  requestTimeout: 20_000,
  keepAliveTimeout: 10_000,
  connectionsCheckingInterval: 2_000,
} as const;
const MOST_CONNECTIONS = 512;
/** A peer that neither sends nor takes anything for so long is cut off; live streams beat faster than this. */
const IDLE_SOCKET_MS = 90_000;

/** A server of the API that does not listen yet. `isOwner` where only the owner of the daemon can reach it. */
export function createApiServer(api: Api, { isOwner }: { readonly isOwner: boolean }): Server {
  // The global Request and Response stay the platform's own.
  const answer = getRequestListener((request, env) => api.fetch(request, { ...env, isOwner }), {
    overrideGlobalObjects: false,
  });
  const server = createServer(SERVER_OPTIONS, (request, response) => void answer(request, response));
  server.maxConnections = MOST_CONNECTIONS;
  server.timeout = IDLE_SOCKET_MS;
  return server;
}

/** Raises PORT_IN_USE, and INVALID_ARGUMENT for an address that this machine does not have. */
export async function listen(api: Api, address: ListenAddress): Promise<ListeningServer> {
  const server = createApiServer(api, { isOwner: false });
  const bound = await bind(server, address);
  const close = (): Promise<void> => closeServer(server);
  if (isLoopback(address.host) && !isLoopback(bound.address)) {
    await close();
    throw new AirglowError(
      'INVALID_ARGUMENT',
      `${address.host} is not a loopback address here, but ${bound.address}`,
    );
  }
  return { url: urlOf(address.host, bound.port), close };
}

/** Finds out early, before anything is begun, what {@link listen} would raise. */
export async function requireFree(address: ListenAddress): Promise<void> {
  const server = createServer();
  await bind(server, address);
  await closeServer(server);
}

async function bind(server: Server, { host, port }: ListenAddress): Promise<AddressInfo> {
  return await new Promise((resolve, reject) => {
    server.on('error', (error: NodeJS.ErrnoException) => reject(explain(error, host, port)));
    server.listen({ host, port }, () => resolve(server.address() as AddressInfo));
  });
}

function explain(error: NodeJS.ErrnoException, host: string, port: number): AirglowError {
  if (error.code === 'EADDRINUSE') {
    const message = `port ${port} of ${host} is in use; stop what listens there or choose another with --listen`;
    return new AirglowError('PORT_IN_USE', message, { cause: error });
  }
  return new AirglowError('INVALID_ARGUMENT', `cannot listen on ${host}, port ${port}: ${error.message}`, {
    cause: error,
  });
}

/** Answers under way get a moment to finish. */
const FINISH_MS = 1000;

export async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), FINISH_MS);
  await closed;
  clearTimeout(timer);
}
