import { sockDiag } from './sock-diag.ts';
import type { SocketTraffic } from './sock-diag.ts';

/** What was found in one look. */
export interface TrafficLook {
  /** Established TCP connections. */
  readonly connections: number;
  /** Bytes received and sent (and acknowledged) since the last look that succeeded; 0 at the first one. */
  readonly grownBytes: number;
}

/**
 * Bytes that the TCP connections of a local port have carried, over IPv4 and IPv6, loopback included; Unix sockets are
 * not counted. A connection that ended between two looks has lost what it carried since the last one.
 */
export class TcpTraffic {
  readonly #port: number;
  #carried: Map<bigint, number> | null = null;

  constructor(port: number) {
    this.#port = port;
  }

  /** Null where sock_diag cannot be had or fails; the next look then covers this one's time, too. Synchronous. */
  look(): TrafficLook | null {
    const sockets = this.#read();
    if (sockets === null) return null;
    const carried = new Map(sockets.map(({ cookie, bytes }) => [cookie, bytes]));
    const grownBytes = growth(this.#carried, carried);
    this.#carried = carried;
    return { connections: sockets.filter(({ isEstablished }) => isEstablished).length, grownBytes };
  }

  #read(): SocketTraffic[] | null {
    try {
      return sockDiag()?.traffic(this.#port) ?? null;
    } catch {
      return null;
    }
  }
}

/** A connection that was not there before is counted from its beginning. */
function growth(before: ReadonlyMap<bigint, number> | null, now: ReadonlyMap<bigint, number>): number {
  if (before === null) return 0;
  let sum = 0;
  for (const [cookie, bytes] of now) sum += Math.max(0, bytes - (before.get(cookie) ?? 0));
  return sum;
}
