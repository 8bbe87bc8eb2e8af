import { X509Certificate, createPrivateKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { AirglowError } from '../../errors.ts';
import type { ClusterEngine, ClusterNetwork } from './model.ts';

export const LOOPBACK = '127.0.0.1';

/** Raises INVALID_ARGUMENT for an address that is none, and for one that this engine must not listen on. */
export function checkNetwork(network: ClusterNetwork, engine: ClusterEngine): void {
  const { listen, allow } = network;
  if (listen !== '*' && listen !== 'localhost' && isIP(listen) === 0) {
    throw invalid(`"${listen}" is no address to listen on. Name one of this host's, or * for all of them`);
  }
  for (const one of allow) {
    if (!isNetwork(one)) throw invalid(`"${one}" is no network. Write it as in 10.0.0.0/8 or 2001:db8::/32`);
  }
  if (engine.source === 'bundled' && !isLoopback(listen)) {
    throw invalid(
      'the bundled PostgreSQL has an old OpenSSL in it, so it listens on loopback only. To be reached from elsewhere, install ' +
        `PostgreSQL ${engine.major} on this host and make the database with that one`,
    );
  }
}

export function isLoopback(listen: string): boolean {
  return listen === 'localhost' || listen === '::1' || (isIP(listen) === 4 && listen.startsWith('127.'));
}

/** As in 10.0.0.0/8. */
function isNetwork(text: string): boolean {
  const [, address = '', prefix = ''] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? [];
  const bits = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return Number(prefix) <= bits && prefix !== '';
}

/** How clients on this host name it. */
export function hostForClients(listen: string): string {
  if (listen === '*' || listen === '0.0.0.0' || listen === 'localhost') return LOOPBACK;
  if (listen === '::') return '[::1]';
  return isIP(listen) === 6 ? `[${listen}]` : listen;
}

export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
}

/** A certificate and its key, checked: a server would not start with others. Raises INVALID_ARGUMENT. */
export async function readTlsFiles(
  certFile: string | undefined,
  keyFile: string | undefined,
): Promise<TlsFiles | null> {
  if (certFile === undefined && keyFile === undefined) return null;
  if (certFile === undefined || keyFile === undefined)
    throw invalid('TLS needs both a certificate and its key. Name both files');
  const [cert, key] = await Promise.all([readPem(certFile), readPem(keyFile)]);
  let fits: boolean;
  try {
    fits = new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
  } catch (error) {
    // The message is about the form; nothing of the key is in it.
    throw invalid(`${certFile} and ${keyFile} are no certificate and key: ${(error as Error).message}`);
  }
  if (!fits) throw invalid(`The key in ${keyFile} does not belong to the certificate in ${certFile}`);
  return { cert, key };
}

async function readPem(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw invalid(`${path} cannot be read: ${(error as Error).message}`);
  }
}

function invalid(what: string): AirglowError {
  return new AirglowError('INVALID_ARGUMENT', `${what[0]?.toUpperCase() ?? ''}${what.slice(1)}.`);
}
