import { loadLibC } from './libc.ts';
import type { ConnectionCensus } from './proc-parse.ts';

/** Asks for a server's TCP connections through sock_diag(7), which filters in the kernel and needs no privilege. */
export interface SockDiag {
  census(port: number): ConnectionCensus;
  /**
   * Connections with that local port, and what each has carried since it was made. Null where the kernel does not count
   * bytes. It waits for a socket that is in use inside the kernel at that moment.
   */
  traffic(port: number): SocketTraffic[] | null;
}

export interface SocketTraffic {
  /** Tells the socket from every other one of this boot. */
  readonly cookie: bigint;
  readonly isEstablished: boolean;
  /** Received, and sent and acknowledged; what is sent again counts once. */
  readonly bytes: number;
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
const INET_DIAG_INFO = 2;

const TCP_ESTABLISHED = 1;
const TCP_FIN_WAIT1 = 4;
const TCP_FIN_WAIT2 = 5;
const TCP_CLOSE_WAIT = 8;
const TCP_LAST_ACK = 9;
const TCP_LISTEN = 10;
const TCP_CLOSING = 11;
/** A connection that is being closed may still carry the end of what was sent. */
const STATES_WITH_TRAFFIC = stateSet(
  TCP_ESTABLISHED,
  TCP_FIN_WAIT1,
  TCP_FIN_WAIT2,
  TCP_CLOSE_WAIT,
  TCP_LAST_ACK,
  TCP_CLOSING,
);

const HEADER_BYTES = 16;
const REQUEST_BYTES = HEADER_BYTES + 56;
/** Offsets in inet_diag_msg, counted from the end of the netlink header; attributes follow it. */
const OFFSET = { state: 1, sourcePort: 4, cookie: 44, receiveQueue: 56, attributes: 72 } as const;
/** Offsets in tcp_info. */
const INFO = { bytesAcked: 120, bytesReceived: 128, end: 136 } as const;
const ATTRIBUTE_HEADER_BYTES = 4;

interface LibC {
  socket(domain: number, type: number, protocol: number): number;
  send(socket: number, buffer: Buffer, length: number, flags: number): number;
  recv(socket: number, buffer: Buffer, length: number, flags: number): number;
  close(socket: number): number;
}

let shared: SockDiag | null | undefined;

/** The one of this process; null where the foreign-function library does not run or the kernel has no sock_diag. */
export function sockDiag(): SockDiag | null {
  if (shared === undefined) shared = openSockDiag();
  return shared;
}

function openSockDiag(): SockDiag | null {
  try {
    const libc = bindLibC();
    if (libc === null) return null;
    const diag = new NetlinkDiag(libc);
    diag.census(1);
    return diag;
  } catch {
    return null;
  }
}

function bindLibC(): LibC | null {
  const libc = process.platform === 'linux' ? loadLibC()?.libc : undefined;
  if (libc === undefined) return null;
  return {
    socket: libc.func('int socket(int, int, int)'),
    send: libc.func('long send(int, void*, size_t, int)'),
    recv: libc.func('long recv(int, void*, size_t, int)'),
    close: libc.func('int close(int)'),
  };
}

interface DumpRequest {
  readonly port: number;
  /** Bit set of TCP states. */
  readonly states: number;
  /** Bit set of INET_DIAG_* extensions, the lowest bit being extension 1. */
  readonly extensions: number;
}

/** One inet_diag_msg with its attributes; good until the callback returns. */
type TakeMessage = (message: Buffer) => void;

class NetlinkDiag implements SockDiag {
  readonly #libc: LibC;
  readonly #answer = Buffer.alloc(64 * 1024);
  #socket: number | null = null;

  constructor(libc: LibC) {
    this.#libc = libc;
  }

  census(port: number): ConnectionCensus {
    let pending = 0;
    let closing = 0;
    const states = stateSet(TCP_LISTEN, TCP_CLOSE_WAIT);
    this.#dump({ port, states, extensions: 0 }, (message) => {
      if (message.readUInt8(OFFSET.state) === TCP_LISTEN)
        pending += message.readUInt32LE(OFFSET.receiveQueue);
      else closing++;
    });
    return { pending, closing };
  }

  traffic(port: number): SocketTraffic[] | null {
    const sockets: SocketTraffic[] = [];
    let isCounted = true;
    const request = { port, states: STATES_WITH_TRAFFIC, extensions: 1 << (INET_DIAG_INFO - 1) };
    this.#dump(request, (message) => {
      const info = attribute(message, INET_DIAG_INFO);
      // What remains of a closed connection, to catch stragglers, has none.
      if (info === null) return;
      if (info.length < INFO.end) isCounted = false;
      else sockets.push(socketTraffic(message, info));
    });
    return isCounted ? sockets : null;
  }

  #dump(request: DumpRequest, take: TakeMessage): void {
    try {
      const socket = this.#open();
      for (const family of [AF_INET, AF_INET6]) {
        const bytes = encode(request, family);
        if (this.#libc.send(socket, bytes, bytes.length, 0) < 0) throw new Error('sock_diag refused');
        while (!readMessages(this.#receive(socket), request.port, take));
      }
    } catch (error) {
      // The rest of this answer must not be taken for the beginning of the next one.
      this.#close();
      throw error;
    }
  }

  #receive(socket: number): Buffer {
    const bytes = this.#libc.recv(socket, this.#answer, this.#answer.length, 0);
    if (bytes <= 0) throw new Error('sock_diag gave no answer');
    return this.#answer.subarray(0, bytes);
  }

  #open(): number {
    if (this.#socket !== null) return this.#socket;
    const socket = this.#libc.socket(AF_NETLINK, SOCK_RAW_CLOEXEC, NETLINK_SOCK_DIAG);
    if (socket < 0) throw new Error('there is no sock_diag');
    this.#socket = socket;
    return socket;
  }

  #close(): void {
    if (this.#socket !== null) this.#libc.close(this.#socket);
    this.#socket = null;
  }
}

function stateSet(...states: number[]): number {
  return states.reduce((set, state) => set | (1 << state), 0);
}

function encode({ port, states, extensions }: DumpRequest, family: number): Buffer {
  const request = Buffer.alloc(REQUEST_BYTES);
  request.writeUInt32LE(REQUEST_BYTES, 0);
  request.writeUInt16LE(SOCK_DIAG_BY_FAMILY, 4);
  request.writeUInt16LE(NLM_F_REQUEST_DUMP, 6);
  request.writeUInt8(family, HEADER_BYTES);
  request.writeUInt8(IPPROTO_TCP, HEADER_BYTES + 1);
  request.writeUInt8(extensions, HEADER_BYTES + 2);
  request.writeUInt32LE(states, HEADER_BYTES + 4);
  request.writeUInt16BE(port, HEADER_BYTES + 8);
  return request;
}

/** True once the kernel has said that the dump is complete. */
function readMessages(data: Buffer, port: number, take: TakeMessage): boolean {
  for (let position = 0; position + HEADER_BYTES <= data.length;) {
    const length = data.readUInt32LE(position);
    const type = data.readUInt16LE(position + 4);
    if (type === NLMSG_DONE) return true;
    if (type === NLMSG_ERROR || length < HEADER_BYTES) throw new Error('sock_diag answered with an error');
    const message = data.subarray(position + HEADER_BYTES, position + length);
    if (message.readUInt16BE(OFFSET.sourcePort) === port) take(message);
    position += aligned(length);
  }
  return false;
}

function attribute(message: Buffer, wanted: number): Buffer | null {
  for (let position = OFFSET.attributes; position + ATTRIBUTE_HEADER_BYTES <= message.length;) {
    const length = message.readUInt16LE(position);
    if (length < ATTRIBUTE_HEADER_BYTES) return null;
    if (message.readUInt16LE(position + 2) === wanted)
      return message.subarray(position + ATTRIBUTE_HEADER_BYTES, position + length);
    position += aligned(length);
  }
  return null;
}

function socketTraffic(message: Buffer, info: Buffer): SocketTraffic {
  return {
    cookie: message.readBigUInt64LE(OFFSET.cookie),
    isEstablished: message.readUInt8(OFFSET.state) === TCP_ESTABLISHED,
    bytes: Number(info.readBigUInt64LE(INFO.bytesAcked) + info.readBigUInt64LE(INFO.bytesReceived)),
  };
}

/** Netlink pads what it sends to four bytes. */
function aligned(length: number): number {
  return (length + 3) & ~3;
}
