import { loadLibC } from '../libc.ts';

/** What a socket of this process is, as far as it says whose client is behind it. */
export interface StreamSocket {
  readonly isListening: boolean;
  /** Port of our side; null for a Unix socket. */
  readonly localPort: number | null;
  /** Path of our side, also of what was accepted there; null for TCP, and for the side that connected. */
  readonly localPath: string | null;
}

/** What waits to be read. */
export type Waiting =
  | 'nothing'
  | 'bytes'
  /** The other side is gone, or says so. */
  | 'goodbye';

export interface StreamSockets {
  /** Null where the descriptor is none of a stream socket. */
  describe(descriptor: number): StreamSocket | null;
  /** Leaves it there. */
  peek(descriptor: number): Waiting;
}

const SOL_SOCKET = 1;
const SO_TYPE = 3;
const SO_ACCEPTCONN = 30;
const SOCK_STREAM = 1;
const AF_UNIX = 1;
const AF_INET = 2;
const AF_INET6 = 10;
const MSG_PEEK_DONTWAIT = 0x2 | 0x40;
const EAGAIN = 11;
/** The message by which a PostgreSQL client takes leave: `X` and its length. */
const TERMINATE = Buffer.from([0x58, 0, 0, 0, 4]);

let shared: StreamSockets | null | undefined;

/** Null where the foreign-function library does not run. */
export function streamSockets(): StreamSockets | null {
  shared ??= bind();
  return shared;
}

function bind(): StreamSockets | null {
  const foreign = process.platform === 'linux' ? loadLibC() : null;
  if (foreign === null) return null;
  const { koffi, libc } = foreign;
  const getsockopt = libc.func('int getsockopt(int, int, int, void*, void*)');
  const getsockname = libc.func('int getsockname(int, void*, void*)');
  const recv = libc.func('long recv(int, void*, size_t, int)');
  const length = Buffer.alloc(4);
  const value = Buffer.alloc(4);
  const name = Buffer.alloc(128);
  const bytes = Buffer.alloc(TERMINATE.length + 1);
  const option = (descriptor: number, what: number): number | null => {
    length.writeUInt32LE(4);
    return getsockopt(descriptor, SOL_SOCKET, what, value, length) === 0 ? value.readInt32LE() : null;
  };
  return {
    describe(descriptor) {
      if (option(descriptor, SO_TYPE) !== SOCK_STREAM) return null;
      const isListening = option(descriptor, SO_ACCEPTCONN) === 1;
      length.writeUInt32LE(name.length);
      if (getsockname(descriptor, name, length) !== 0) return null;
      return { isListening, ...addressOf(name.subarray(0, Math.min(length.readUInt32LE(), name.length))) };
    },
    peek(descriptor) {
      const got = recv(descriptor, bytes, bytes.length, MSG_PEEK_DONTWAIT) as number;
      if (got < 0) return koffi.errno() === EAGAIN ? 'nothing' : 'goodbye';
      return got === 0 || bytes.subarray(0, got).equals(TERMINATE) ? 'goodbye' : 'bytes';
    },
  };
}

/** Of a sockaddr. */
function addressOf(name: Buffer): Pick<StreamSocket, 'localPort' | 'localPath'> {
  const family = name.length >= 2 ? name.readUInt16LE() : 0;
  if (family === AF_INET || family === AF_INET6) return { localPort: name.readUInt16BE(2), localPath: null };
  const path = family === AF_UNIX ? name.subarray(2).toString('utf8').replace(/\0.*$/s, '') : '';
  return { localPort: null, localPath: path === '' ? null : path };
}
