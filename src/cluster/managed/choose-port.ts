import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AirglowError } from '../../errors.ts';
import { findFreePort, isPortFree } from '../free-port.ts';
import { readSpec } from './cluster-file.ts';

/** Below the ports that the system hands out to clients, one of which may be in use whenever a database starts. */
const FIRST = 5432;
const LAST = 6431;

/** A port that no database in that folder has, stopped ones included, and that nobody listens on. */
export async function choosePort(clustersDir: string, listen: string, temporary: boolean): Promise<number> {
  if (temporary) return findFreePort();
  const taken = await portsOf(clustersDir);
  for (let port = FIRST; port <= LAST; port++) {
    if (!taken.has(port) && (await isPortFree(port, bindAddress(listen)))) return port;
  }
  throw new AirglowError('PORT_IN_USE', `No port from ${FIRST} to ${LAST} is free. Choose one with --port.`);
}

/** Raises PORT_IN_USE. */
export async function mustBeFree(port: number, listen: string): Promise<void> {
  if (await isPortFree(port, bindAddress(listen))) return;
  throw new AirglowError(
    'PORT_IN_USE',
    `Port ${port} on ${listen} is taken. Stop what listens there, or choose another port.`,
  );
}

function bindAddress(listen: string): string {
  return listen === '*' ? '0.0.0.0' : listen;
}

async function portsOf(clustersDir: string): Promise<Set<number>> {
  const names = await readdir(clustersDir).catch((): string[] => []);
  const specs = names.map((name) => readSpec(join(clustersDir, name), () => {}).catch(() => null));
  return new Set((await Promise.all(specs)).flatMap((spec) => (spec === null ? [] : [spec.port])));
}
