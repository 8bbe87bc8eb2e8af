import { readFileSync } from 'node:fs';

/** Version of this package; the file is two folders up from the sources and from what is built of them. */
export function readVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
