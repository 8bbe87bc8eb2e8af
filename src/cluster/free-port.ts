import { createServer } from 'node:net';

const LOOPBACK = '127.0.0.1';

/** A TCP port on loopback that was free a moment ago; another process may still take it first. */
export function findFreePort(): Promise<number> {
  return listenOnce(0, LOOPBACK);
}

/** Whether a server could listen on this port now, on loopback unless told otherwise. */
export async function isPortFree(port: number, address = LOOPBACK): Promise<boolean> {
  return listenOnce(port, address).then(
    () => true,
    () => false,
  );
}

function listenOnce(port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, host, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : port));
    });
  });
}
