import type { ListenAddress } from '../../daemon/listen-address.ts';
import { AirglowError } from '../../errors.ts';

/** `127.0.0.1:8642`, `[::1]:8642`, `:8642` and `8642` (both on loopback). Raises INVALID_ARGUMENT. */
export function parseListen(text: string): ListenAddress {
  const match = /^(?:(\[[0-9a-fA-F:.]+\]|[^:\s[\]]*):)?(\d{1,5})$/.exec(text.trim());
  const port = Number(match?.[2]);
  if (match === null || port > 65_535) {
    throw new AirglowError(
      'INVALID_ARGUMENT',
      `"${text}" is no address to listen on; write it like 127.0.0.1:8642`,
    );
  }
  const host = (match[1] ?? '').replace(/^\[|\]$/g, '');
  return { host: host === '' ? '127.0.0.1' : host, port };
}
