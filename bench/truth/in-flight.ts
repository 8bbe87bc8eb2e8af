import type { Packet } from './pcap.ts';

/**
 * The truth that AAS is held against: how many clients wait for the server, averaged over time. A client waits from
 * the moment it has sent something until the server's last packet before the client speaks again; what the client
 * does in between is its own. Times are the kernel's, so a client that is slow to read does not count.
 */
export interface InFlight {
  readonly aas: number;
  readonly requests: number;
  readonly connections: number;
}

interface Conversation {
  askedAtMs: number | null;
  answeredAtMs: number | null;
  isIgnored: boolean;
}

const TERMINATE = 0x58;

/** `ignoredApplication`: connections that say this name when they start are the measuring instruments. */
export function measureInFlight(
  packets: Iterable<Packet>,
  serverPort: number,
  window: { readonly fromMs: number; readonly toMs: number },
  ignoredApplication: string,
): InFlight {
  const open = new Map<number, Conversation>();
  let activeMs = 0;
  let requests = 0;
  let connections = 0;
  const close = (talk: Conversation, untilMs: number): void => {
    if (talk.askedAtMs !== null && !talk.isIgnored) {
      activeMs += Math.max(0, Math.min(untilMs, window.toMs) - Math.max(talk.askedAtMs, window.fromMs));
    }
    talk.askedAtMs = null;
    talk.answeredAtMs = null;
  };
  for (const packet of packets) {
    const isFromClient = packet.toPort === serverPort;
    const port = isFromClient ? packet.fromPort : packet.toPort;
    if (packet.isSyn) {
      if (isFromClient) {
        open.set(port, { askedAtMs: null, answeredAtMs: null, isIgnored: false });
        if (packet.atMs >= window.fromMs && packet.atMs < window.toMs) connections++;
      }
      continue;
    }
    const talk = open.get(port) ?? { askedAtMs: null, answeredAtMs: null, isIgnored: false };
    open.set(port, talk);
    if (packet.payloadBytes > 0 && !isFromClient) talk.answeredAtMs = packet.atMs;
    if (packet.payloadBytes > 0 && isFromClient) {
      if (talk.answeredAtMs !== null) close(talk, talk.answeredAtMs);
      if (packet.payload.includes(ignoredApplication)) talk.isIgnored = true;
      const isGoodbye = packet.payload[0] === TERMINATE && packet.payloadBytes === 5;
      if (!isGoodbye && talk.askedAtMs === null) {
        talk.askedAtMs = packet.atMs;
        if (!talk.isIgnored && packet.atMs >= window.fromMs && packet.atMs < window.toMs) requests++;
      }
    }
    if (packet.isEnd) {
      close(talk, talk.answeredAtMs ?? packet.atMs);
      open.delete(port);
    }
  }
  for (const talk of open.values()) close(talk, talk.answeredAtMs ?? window.toMs);
  return { aas: activeMs / (window.toMs - window.fromMs), requests, connections };
}
