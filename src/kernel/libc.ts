import { createRequire } from 'node:module';
import type KoffiModule from 'koffi';

type Koffi = typeof KoffiModule;
type Library = ReturnType<Koffi['load']>;

interface Foreign {
  readonly koffi: Koffi;
  readonly libc: Library;
}

let foreign: Foreign | null | undefined;

/** The C library, for what Node.js does not offer; null where the foreign-function library does not run. */
export function loadLibC(): Foreign | null {
  if (foreign === undefined) foreign = load();
  return foreign;
}

function load(): Foreign | null {
  try {
    const koffi = createRequire(import.meta.url)('koffi') as Koffi;
    // What this process is linked with has the C library in it, whatever its file is called here.
    return { koffi, libc: koffi.load(null) };
  } catch {
    return null;
  }
}
