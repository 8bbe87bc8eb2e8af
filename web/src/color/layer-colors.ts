import { OTHER } from '../../../src/history/history.ts';
import {
  CPU,
  CPU_RUNNING,
  CPU_WAITING,
  PAGE_FAULT,
  TIER_READ,
  type Dimension,
} from '../../../src/load/model.ts';
import {
  CPU_RUNNING_COLOR,
  CPU_WAITING_COLOR,
  FAMILIES,
  OTHER_COLOR,
  QUALITATIVE,
  TIER_READ_COLOR,
  type Rgb,
} from './palette.ts';

export { OTHER };

/** Events that everybody meets have a shade of their own; all others one by their name. */
const KNOWN_SHADES: Readonly<Record<string, number>> = {
  'IO:DataFileRead': 0,
  [PAGE_FAULT]: 1,
  'IO:WALSync': 2,
  'IO:WALWrite': 3,
  'IO:WalSync': 2,
  'IO:WalWrite': 3,
  'Lock:transactionid': 0,
  'Lock:tuple': 1,
  'Lock:relation': 2,
  'LWLock:WALWrite': 0,
  'LWLock:BufferContent': 1,
  'LWLock:LockManager': 2,
  'Client:ClientRead': 0,
  'Client:ClientWrite': 1,
  'Timeout:PgSleep': 0,
};

/** From the bottom of the stack to its top: what is on CPU is the ground that everything else stands on. */
const FAMILY_ORDER = [
  'IO',
  'LWLock',
  'BufferPin',
  'IPC',
  'Lock',
  'Client',
  'Timeout',
  'Extension',
  'InjectionPoint',
];

export type ColorOf = (key: string) => Rgb;

/** Colours of the keys of a dimension: those of wait events never change, others by their name. */
export function colorsOf(dimension: Dimension, keys: readonly string[]): ColorOf {
  if (dimension === 'db.wait_event') return waitColor;
  const colors = byName(keys);
  return (key) => colors.get(key) ?? OTHER_COLOR;
}

export function waitColor(event: string): Rgb {
  if (event === CPU_RUNNING || event === CPU) return CPU_RUNNING_COLOR;
  if (event === CPU_WAITING) return CPU_WAITING_COLOR;
  if (event === TIER_READ) return TIER_READ_COLOR;
  const shades = FAMILIES[typeOf(event)];
  if (shades === undefined) return OTHER_COLOR;
  const shade = KNOWN_SHADES[event] ?? hashOf(event) % shades.length;
  return shades[shade % shades.length] ?? OTHER_COLOR;
}

/** The keys as they are stacked, from the bottom: by family for wait events, else most loaded first; the rest on top. */
export function stackingOrder(dimension: Dimension, keys: readonly string[]): readonly string[] {
  const named = keys.filter((key) => key !== OTHER);
  const ordered =
    dimension === 'db.wait_event'
      ? named.toSorted((a, b) => rankOf(a) - rankOf(b) || (a < b ? -1 : 1))
      : named;
  return keys.includes(OTHER) ? [...ordered, OTHER] : ordered;
}

/** `IO` of `IO:DataFileRead`. */
export function typeOf(event: string): string {
  const colon = event.indexOf(':');
  return colon === -1 ? event : event.slice(0, colon);
}

function rankOf(event: string): number {
  if (event === CPU_RUNNING || event === CPU) return -2;
  if (event === CPU_WAITING) return -1;
  const index = FAMILY_ORDER.indexOf(typeOf(event));
  return index === -1 ? FAMILY_ORDER.length : index;
}

/** Each key asks for the colour of its name, and takes the next free one where that is taken. */
function byName(keys: readonly string[]): ReadonlyMap<string, Rgb> {
  const colors = new Map<string, Rgb>();
  const taken = new Set<number>();
  for (const key of keys.filter((one) => one !== OTHER).toSorted()) {
    let slot = hashOf(key) % QUALITATIVE.length;
    for (let tries = 0; taken.has(slot) && tries < QUALITATIVE.length; tries++) {
      slot = (slot + 1) % QUALITATIVE.length;
    }
    taken.add(slot);
    colors.set(key, QUALITATIVE[slot] ?? OTHER_COLOR);
  }
  return colors;
}

/** FNV-1a: the same everywhere and for ever. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}
