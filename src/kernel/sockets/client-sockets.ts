import { readdirSync, readlinkSync } from 'node:fs';
import { foreignDescriptors } from './foreign-descriptors.ts';
import type { ForeignDescriptors } from './foreign-descriptors.ts';
import { streamSockets } from './stream-socket.ts';
import type { StreamSocket, StreamSockets } from './stream-socket.ts';

/** A socket of a server, duplicated into this process. */
export interface ServerSocket {
  readonly descriptor: number;
  readonly isListening: boolean;
}

/** Why the sockets of a process cannot be had. */
export class SocketsForbidden extends Error {}

/** The sockets that a server has of its clients, as a process of it holds them. */
export class ClientSockets {
  readonly #foreign: ForeignDescriptors;
  readonly #streams: StreamSockets;
  readonly #port: number;

  private constructor(foreign: ForeignDescriptors, streams: StreamSockets, port: number) {
    this.#foreign = foreign;
    this.#streams = streams;
    this.#port = port;
  }

  /** Null where the foreign-function library does not run. */
  static of(port: number): ClientSockets | null {
    const [foreign, streams] = [foreignDescriptors(), streamSockets()];
    return foreign === null || streams === null ? null : new ClientSockets(foreign, streams, port);
  }

  /**
   * Those among these descriptors of a process that belong to the server's port or its Unix socket; each to be closed
   * by the caller. Raises SocketsForbidden.
   */
  duplicate(pid: number, descriptors: readonly number[]): ServerSocket[] {
    const found: ServerSocket[] = [];
    try {
      for (const descriptor of descriptors) {
        const socket = this.#duplicateOne(pid, descriptor);
        if (socket !== null) found.push(socket);
      }
      return found;
    } catch (error) {
      this.closeAll(found);
      throw error;
    }
  }

  /** As {@link duplicate}, of all descriptors that are sockets. */
  duplicateAll(pid: number): ServerSocket[] {
    return this.duplicate(pid, socketsOf(pid));
  }

  closeAll(sockets: readonly ServerSocket[]): void {
    for (const { descriptor } of sockets) this.#foreign.close(descriptor);
  }

  #duplicateOne(pid: number, descriptor: number): ServerSocket | null {
    if (!isSocket(pid, descriptor)) return null;
    const copy = this.#foreign.duplicate(pid, descriptor);
    if (copy === 'gone') return null;
    if (copy === 'forbidden') throw new SocketsForbidden(`sockets of process ${pid} may not be duplicated`);
    const stream = this.#streams.describe(copy);
    if (stream !== null && this.#isServers(stream))
      return { descriptor: copy, isListening: stream.isListening };
    this.#foreign.close(copy);
    return null;
  }

  #isServers({ localPort, localPath }: StreamSocket): boolean {
    return localPort === this.#port || localPath?.endsWith(`/.s.PGSQL.${this.#port}`) === true;
  }
}

function isSocket(pid: number, descriptor: number): boolean {
  try {
    return readlinkSync(`/proc/${pid}/fd/${descriptor}`).startsWith('socket:');
  } catch {
    return false;
  }
}

/** Raises SocketsForbidden. */
function socketsOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map(Number);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new SocketsForbidden(`descriptors of process ${pid} may not be looked at`);
  }
}
