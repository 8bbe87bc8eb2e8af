import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * What the network does. `swallow` is the half-open case: connections stay, new ones are accepted, and no byte passes
 * either way. `refuse` lets nobody in (existing connections go on).
 */
export type NetworkMode = 'pass' | 'swallow' | 'refuse';

export interface FaultyProxy {
  readonly port: number;
  /** The given URL by way of this proxy. */
  urlThrough(url: string): string;
  setMode(mode: NetworkMode): Promise<void>;
  /** Every chunk is this late from now on, both ways. */
  setDelayMs(delayMs: number): void;
  /** Resets all connections. */
  cut(): void;
  connections(): number;
  close(): Promise<void>;
}

/** A TCP proxy on loopback before the server on `targetPort`, whose network can be broken. */
export async function startFaultyProxy(targetPort: number): Promise<FaultyProxy> {
  const sockets = new Set<Socket>();
  const state = { mode: 'pass' as NetworkMode, delayMs: 0 };
  const server = createServer((client) => {
    const upstream = connect(targetPort, '127.0.0.1');
    join(client, upstream);
    join(upstream, client);
  });

  function join(from: Socket, to: Socket): void {
    sockets.add(from);
    let queue = Promise.resolve();
    // In order also when the delay changes; what is swallowed never arrives, as when a firewall forgets a connection.
    const later = (act: () => void): void => {
      const { delayMs } = state;
      queue = queue.then(async () => {
        if (delayMs > 0) await sleep(delayMs);
        if (state.mode !== 'swallow') act();
        return undefined;
      });
    };
    from.setNoDelay(true);
    from.on('data', (chunk: Buffer) => later(() => to.destroyed || to.write(chunk)));
    from.on('end', () => later(() => to.end()));
    from.on('error', () => {});
    from.on('close', () => {
      sockets.delete(from);
      later(() => to.destroy());
    });
  }

  const port = await listen(server, 0);
  return {
    port,
    urlThrough(url) {
      const through = new URL(url);
      through.hostname = '127.0.0.1';
      through.port = String(port);
      return through.href;
    },
    async setMode(mode) {
      if (mode === 'refuse' && server.listening) stopListening(server);
      if (mode !== 'refuse' && !server.listening) await listen(server, port);
      state.mode = mode;
    },
    setDelayMs(delayMs) {
      state.delayMs = delayMs;
    },
    cut() {
      for (const socket of sockets) socket.resetAndDestroy();
    },
    connections: () => sockets.size / 2,
    async close() {
      if (server.listening) stopListening(server);
      const open = [...sockets].filter((socket) => !socket.closed);
      const gone = open.map((socket) => once(socket, 'close'));
      for (const socket of sockets) socket.destroy();
      await Promise.all(gone);
    },
  };
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}

/** The listening socket is closed at once; connections live on. */
function stopListening(server: Server): void {
  server.close();
}
