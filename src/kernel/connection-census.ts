import type { ConnectionCensus } from './proc-parse.ts';
import { parseUnixCensus } from './proc-parse.ts';
import { readText } from './process-reader.ts';
import { sockDiag } from './sock-diag.ts';

/**
 * Counts the connections of a local server that wait to be accepted, and those whose client has gone. Where sock_diag
 * cannot be had TCP connections go uncounted: /proc/net/tcp takes 12 ms a look, whatever it has to tell.
 */
export function readConnectionCensus(port: number): ConnectionCensus {
  const tcp = sockDiag()?.census(port) ?? { pending: 0, closing: 0 };
  const unix = readUnixCensus(port);
  return { pending: tcp.pending + unix.pending, closing: tcp.closing + unix.closing };
}

/** PostgreSQL names its Unix sockets after the port, in one folder or several. */
function readUnixCensus(port: number): ConnectionCensus {
  const text = readText('/proc/net/unix') ?? '';
  const paths = new Set<string>();
  for (const match of text.matchAll(new RegExp(` (\\S*/\\.s\\.PGSQL\\.${port})$`, 'gm')))
    paths.add(match[1] ?? '');
  const sum = { pending: 0, closing: 0 };
  for (const path of paths) {
    const census = parseUnixCensus(text, path);
    sum.pending += census.pending;
    sum.closing += census.closing;
  }
  return sum;
}
