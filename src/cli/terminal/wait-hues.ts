import { CPU, CPU_RUNNING, CPU_WAITING, TIER_READ, type Dimension } from '../../load/model.ts';
import { OTHER } from '../../history/history.ts';
import type { Hue } from './paint.ts';

/** How one key is drawn: by colour, or by a letter where there is none. */
export interface Mark {
  readonly key: string;
  readonly hue: Hue;
  readonly letter: string;
}

const hue = (c256: number, c16: number): Hue => ({ c256, c16 });

/** Kin share a family: CPU green, I/O blue, locks red. The order is the order of the stack, from the bottom. */
const FAMILIES: readonly { readonly type: string; readonly letter: string; readonly hues: readonly Hue[] }[] =
  [
    { type: 'CPU', letter: 'C', hues: [hue(34, 32), hue(149, 92)] },
    { type: 'IO', letter: 'I', hues: [hue(33, 34), hue(75, 94), hue(25, 34), hue(117, 96)] },
    { type: 'LWLock', letter: 'W', hues: [hue(208, 33), hue(215, 93), hue(172, 33)] },
    { type: 'Lock', letter: 'L', hues: [hue(160, 31), hue(203, 91), hue(88, 31)] },
    { type: 'BufferPin', letter: 'B', hues: [hue(37, 36), hue(44, 96)] },
    { type: 'IPC', letter: 'P', hues: [hue(98, 35), hue(140, 95), hue(55, 35)] },
    { type: 'Client', letter: 'N', hues: [hue(246, 37), hue(252, 97), hue(240, 90)] },
    { type: 'Timeout', letter: 'T', hues: [hue(137, 33), hue(180, 93)] },
    { type: 'Extension', letter: 'E', hues: [hue(220, 93), hue(227, 93)] },
    { type: 'InjectionPoint', letter: 'J', hues: [hue(201, 95)] },
  ];

const REST: readonly Hue[] = [hue(213, 95), hue(183, 95)];
/** I/O of another place than storage. */
const TIER_HUE = hue(105, 36);
const OTHER_HUE = hue(238, 90);

/** For dimensions whose values have no colours of their own. */
const PALETTE: readonly Hue[] = [
  hue(33, 34),
  hue(208, 33),
  hue(34, 32),
  hue(160, 31),
  hue(98, 35),
  hue(137, 93),
  hue(213, 95),
  hue(246, 37),
  hue(149, 92),
  hue(44, 36),
];

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** Marks for the keys of a dimension, in the order in which to stack them. `keys` are the most loaded first. */
export function marksOf(dimension: Dimension, keys: readonly string[]): readonly Mark[] {
  return dimension === 'db.wait_event' ? waitMarks(keys) : plainMarks(keys);
}

function plainMarks(keys: readonly string[]): readonly Mark[] {
  const named = keys.filter((key) => key !== OTHER);
  const marks = named.map((key, index) => ({
    key,
    hue: PALETTE[index % PALETTE.length] ?? OTHER_HUE,
    letter: LETTERS[index % LETTERS.length] ?? '?',
  }));
  return keys.includes(OTHER) ? [...marks, { key: OTHER, hue: OTHER_HUE, letter: '?' }] : marks;
}

function waitMarks(keys: readonly string[]): readonly Mark[] {
  const ordered = keys.toSorted((a, b) => familyIndex(a) - familyIndex(b) || (a < b ? -1 : 1));
  const usedHues = new Map<string, number>();
  const types = new Set(keys.map(typeOf));
  const reserved = FAMILIES.filter((family) => types.has(family.type)).map((family) => family.letter);
  const usedLetters = new Set<string>(['w', ...reserved]);
  return ordered.map((key) => {
    if (key === CPU_WAITING) return { key, hue: hue(149, 92), letter: 'w' };
    if (key === TIER_READ) return { key, hue: TIER_HUE, letter: freeLetter(key, usedLetters) };
    const type = typeOf(key);
    const family = FAMILIES.find((candidate) => candidate.type === type);
    const hues = key === OTHER ? [OTHER_HUE] : (family?.hues ?? REST);
    const nth = usedHues.get(type) ?? 0;
    usedHues.set(type, nth + 1);
    const letter = nth === 0 && family !== undefined ? family.letter : freeLetter(key, usedLetters);
    return { key, hue: hues[nth % hues.length] ?? OTHER_HUE, letter };
  });
}

/** The first letter of the event that no other key and no family has. */
function freeLetter(key: string, used: Set<string>): string {
  const event = key.slice(key.indexOf(':') + 1);
  const candidates = key === OTHER ? ['?'] : Array.from(`${event}${event.toLowerCase()}0123456789`);
  const letter = candidates.find((candidate) => /^[A-Za-z0-9?]$/.test(candidate) && !used.has(candidate));
  used.add(letter ?? '?');
  return letter ?? '?';
}

function typeOf(key: string): string {
  if (key === CPU || key === CPU_RUNNING) return 'CPU';
  const colon = key.indexOf(':');
  return colon === -1 ? key : key.slice(0, colon);
}

function familyIndex(key: string): number {
  if (key === CPU_RUNNING || key === CPU) return -2;
  if (key === CPU_WAITING) return -1;
  if (key === OTHER) return FAMILIES.length + 1;
  const index = FAMILIES.findIndex((family) => family.type === typeOf(key));
  return index === -1 ? FAMILIES.length : index;
}
