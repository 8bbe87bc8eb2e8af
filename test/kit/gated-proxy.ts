import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

/** Passes on to a server what clients write, a piece at a time: before each one `gate` is awaited, with the first byte of it. */
export async function startGatedProxy(
  port: number,
  gate: (first: number) => Promise<void>,
): Promise<AsyncDisposable & { readonly port: number }> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
    }
    upstream.pipe(client);
    client.on('end', () => upstream.end());
    void (async () => {
      try {
        for await (const piece of client as AsyncIterable<Buffer>) {
          await gate(piece[0] ?? 0);
          upstream.write(piece);
        }
      } catch {
        upstream.destroy();
      }
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
