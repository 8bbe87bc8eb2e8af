import { closeSync, openSync, readSync } from 'node:fs';

/** A TCP packet of a loopback capture. */
export interface Packet {
  readonly atMs: number;
  readonly fromPort: number;
  readonly toPort: number;
  readonly payloadBytes: number;
  /** The first bytes of the payload, as far as they were captured. */
  readonly payload: Buffer;
  readonly isSyn: boolean;
  readonly isEnd: boolean;
}

const GLOBAL_HEADER_BYTES = 24;
const RECORD_HEADER_BYTES = 16;
const ETHERNET_HEADER_BYTES = 14;
const CHUNK_BYTES = 8 << 20;

/** Reads a little-endian pcap file of Ethernet frames (what tcpdump writes for `lo`), packet by packet. */
export function* readPcap(path: string): Generator<Packet> {
  const file = openSync(path, 'r');
  try {
    let rest = Buffer.alloc(0);
    let toSkip = GLOBAL_HEADER_BYTES;
    for (;;) {
      const chunk = Buffer.alloc(CHUNK_BYTES);
      const bytes = readSync(file, chunk, 0, chunk.length, null);
      if (bytes === 0) return;
      rest = Buffer.concat([rest, chunk.subarray(0, bytes)]);
      let position = toSkip;
      toSkip = 0;
      while (position + RECORD_HEADER_BYTES <= rest.length) {
        const captured = rest.readUInt32LE(position + 8);
        const end = position + RECORD_HEADER_BYTES + captured;
        if (end > rest.length) break;
        const atMs = rest.readUInt32LE(position) * 1000 + rest.readUInt32LE(position + 4) / 1000;
        yield parseFrame(rest.subarray(position + RECORD_HEADER_BYTES, end), atMs);
        position = end;
      }
      rest = rest.subarray(position);
    }
  } finally {
    closeSync(file);
  }
}

function parseFrame(frame: Buffer, atMs: number): Packet {
  const ip = ETHERNET_HEADER_BYTES;
  const ipHeaderBytes = (frame.readUInt8(ip) & 0xf) * 4;
  const tcp = ip + ipHeaderBytes;
  const tcpHeaderBytes = (frame.readUInt8(tcp + 12) >> 4) * 4;
  const flags = frame.readUInt8(tcp + 13);
  return {
    atMs,
    fromPort: frame.readUInt16BE(tcp),
    toPort: frame.readUInt16BE(tcp + 2),
    payloadBytes: frame.readUInt16BE(ip + 2) - ipHeaderBytes - tcpHeaderBytes,
    payload: frame.subarray(tcp + tcpHeaderBytes),
    isSyn: (flags & 0x02) !== 0,
    isEnd: (flags & 0x05) !== 0,
  };
}
