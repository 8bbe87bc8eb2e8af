import type { ConnectionState } from '../../daemon/observer.ts';

/** The connection to a paused database stays open, and that nothing is asked over it is as it should be. */
export function isConnected(connection: ConnectionState): boolean {
  return connection === 'connected' || connection === 'paused';
}
