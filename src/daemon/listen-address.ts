import { AirglowError } from '../errors.ts';

export interface ListenAddress {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/i;

/** Whether only this machine can reach the address. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host);
}

/** Raises INVALID_ARGUMENT. */
export function requireListenAddress({ host, port }: ListenAddress): void {
  if (host === '') throw new AirglowError('INVALID_ARGUMENT', 'the address to listen on lacks a host');
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return;
  throw new AirglowError('INVALID_ARGUMENT', `${port} is not a port: use 0 to 65535`);
}

/** Where this machine reaches a server that listens on `host`. */
export function urlOf(host: string, port: number): string {
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}
