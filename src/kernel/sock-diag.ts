import { createRequire } from 'node:module';
import type KoffiModule from 'koffi';
import type { ConnectionCensus } from './proc-parse.ts';

/** Asks for a server's TCP connections through sock_diag(7), which filters in the kernel and needs no privilege. */
export interface SockDiag {
  census(port: number): ConnectionCensus;
}

const AF_NETLINK = 16;
const AF_INET = 2;
const AF_INET6 = 10;
const SOCK_RAW_CLOEXEC = 3 | 0o2000000;
const NETLINK_SOCK_DIAG = 4;
const SOCK_DIAG_BY_FAMILY = 20;
const NLM_F_REQUEST_DUMP = 0x301;
const NLMSG_DONE = 3;
const NLMSG_ERROR = 2;
const IPPROTO_TCP = 6;
const TCP_CLOSE_WAIT = 8;
const TCP_LISTEN = 10;

const HEADER_BYTES = 16;
const REQUEST_BYTES = HEADER_BYTES + 56;
/** Offsets in inet_diag_msg, counted from the end of the netlink header. */
const OFFSET = { state: 1, sourcePort: 4, receiveQueue: 56 } as const;

type Koffi = typeof KoffiModule;

interface LibC {
  socket(domain: number, type: number, protocol: number): number;
  send(socket: number, buffer: Buffer, length: number, flags: number): number;
  recv(socket: number, buffer: Buffer, length: number, flags: number): number;
}

/** Null where the foreign-function library does not run or the kernel has no sock_diag. */
export function openSockDiag(): SockDiag | null {
  try {
    const libc = bindLibC();
    const socket = libc.socket(AF_NETLINK, SOCK_RAW_CLOEXEC, NETLINK_SOCK_DIAG);
    if (socket < 0) return null;
    const diag = new NetlinkDiag(libc, socket);
    diag.census(1);
    return diag;
  } catch {
    return null;
  }
}

function bindLibC(): LibC {
  const koffi = createRequire(import.meta.url)('koffi') as Koffi;
  const library = koffi.load('libc.so.6');
  return {
    socket: library.func('int socket(int, int, int)'),
    send: library.func('long send(int, void*, size_t, int)'),
    recv: library.func('long recv(int, void*, size_t, int)'),
  };
}

/** One connection, or a listening socket, whose receive queue is the number of connections to accept. */
interface TcpSocket {
  readonly state: number;
  readonly receiveQueue: number;
}

class NetlinkDiag implements SockDiag {
  readonly #libc: LibC;
  readonly #socket: number;
  readonly #answer = Buffer.alloc(64 * 1024);

  constructor(libc: LibC, socket: number) {
    this.#libc = libc;
    this.#socket = socket;
  }

  census(port: number): ConnectionCensus {
    let pending = 0;
    let closing = 0;
    this.#dump(port, (1 << TCP_LISTEN) | (1 << TCP_CLOSE_WAIT), ({ state, receiveQueue }) => {
      if (state === TCP_LISTEN) pending += receiveQueue;
      else closing++;
    });
    return { pending, closing };
  }

  #dump(port: number, states: number, take: (socket: TcpSocket) => void): void {
    for (const family of [AF_INET, AF_INET6]) {
      const request = dumpRequest(family, port, states);
      if (this.#libc.send(this.#socket, request, request.length, 0) < 0) throw new Error('sock_diag refused');
      for (let isComplete = false; !isComplete;) {
        const bytes = this.#libc.recv(this.#socket, this.#answer, this.#answer.length, 0);
        if (bytes <= 0) throw new Error('sock_diag gave no answer');
        isComplete = readMessages(this.#answer.subarray(0, bytes), port, take);
      }
    }
  }
}

function dumpRequest(family: number, port: number, states: number): Buffer {
  const request = Buffer.alloc(REQUEST_BYTES);
  request.writeUInt32LE(REQUEST_BYTES, 0);
  request.writeUInt16LE(SOCK_DIAG_BY_FAMILY, 4);
  request.writeUInt16LE(NLM_F_REQUEST_DUMP, 6);
  request.writeUInt8(family, HEADER_BYTES);
  request.writeUInt8(IPPROTO_TCP, HEADER_BYTES + 1);
  request.writeUInt32LE(states, HEADER_BYTES + 4);
  request.writeUInt16BE(port, HEADER_BYTES + 8);
  return request;
}

/** True once the kernel has said that the dump is complete. */
function readMessages(data: Buffer, port: number, take: (socket: TcpSocket) => void): boolean {
  for (let position = 0; position + HEADER_BYTES <= data.length;) {
    const length = data.readUInt32LE(position);
    const type = data.readUInt16LE(position + 4);
    if (type === NLMSG_DONE) return true;
    if (type === NLMSG_ERROR || length < HEADER_BYTES) throw new Error('sock_diag answered with an error');
    const message = position + HEADER_BYTES;
    if (data.readUInt16BE(message + OFFSET.sourcePort) === port) {
      take({
        state: data.readUInt8(message + OFFSET.state),
        receiveQueue: data.readUInt32LE(message + OFFSET.receiveQueue),
      });
    }
    position += (length + 3) & ~3;
  }
  return false;
}
