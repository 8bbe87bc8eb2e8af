import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

/** A connection within this process, with the descriptors of both sides. */
export interface OwnSockets extends AsyncDisposable {
  /** Of TCP; 0 for a Unix socket. */
  readonly port: number;
  readonly listening: number;
  readonly near: { readonly socket: Socket; readonly descriptor: number };
  readonly far: { readonly socket: Socket; readonly descriptor: number };
}

/** Over a Unix socket at that path, or over TCP. Nothing is read by itself. */
export async function openOwnSockets(path: string | null = null): Promise<OwnSockets> {
  const server = createServer({ pauseOnConnect: true, allowHalfOpen: true });
  if (path === null) server.listen(0, '127.0.0.1');
  else server.listen(path);
  await once(server, 'listening');
  const port = path === null ? (server.address() as AddressInfo).port : 0;
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const far = path === null ? connect(port, '127.0.0.1') : connect(path);
  await once(far, 'connect');
  far.pause();
  const [near] = await accepted;
  for (const socket of [near, far]) socket.on('error', () => {});
  return {
    port,
    listening: descriptorOf(server),
    near: { socket: near, descriptor: descriptorOf(near) },
    far: { socket: far, descriptor: descriptorOf(far) },
    async [Symbol.asyncDispose]() {
      near.destroy();
      far.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function descriptorOf(of: Server | Socket): number {
  // Node.js does not tell it.
  return (Reflect.get(of, '_handle') as { readonly fd: number }).fd;
}
