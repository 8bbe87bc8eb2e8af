import { SECONDS_UNTIL_PAUSE } from './parameters.ts';

/** Who acts in the demo, and how strongly. */
export interface Cast {
  /** Short reads a second, whether or not the earlier ones are answered (open loop). */
  readonly readsPerSecond?: number;
  /** Searches a second over some thousand orders each, open loop: some milliseconds of CPU. */
  readonly searchesPerSecond?: number;
  /** Small transactions a second, open loop. */
  readonly writesPerSecond?: number;
  /** Sessions that queue behind one that holds a row and does nothing. */
  readonly lockWaiters?: number;
  /** Sessions that write row by row, each made durable before the next. */
  readonly imports?: number;
  /** Who asks one query each, on a connection that is open already. */
  readonly firstCustomers?: number;
}

export interface Phase {
  readonly name: string;
  /** What to look for, for whoever watches. */
  readonly sentence: string;
  readonly durationMs: number;
  /** One after the other, each for an equal share of the phase. */
  readonly acts: readonly Cast[];
}

/** The phase in which capacity must not rise. */
export const LOCK_PILE_UP = 'Lock pile-up';
/** The phase in which nobody is there, and the one in which somebody comes again. */
export const NIGHT = 'Night';
export const MORNING = 'Morning';

const QUIET: Cast = { readsPerSecond: 4 };

/** A day of a small web shop in some two and a half minutes. There is always somebody, so nothing falls asleep. */
export const DAY: readonly Phase[] = [
  {
    name: 'Quiet',
    sentence:
      'Hardly anything happens. What was used within four seconds is held ready; then capacity falls to the least, 0.5.',
    durationMs: 24_000,
    acts: [QUIET],
  },
  {
    name: 'Ramp',
    sentence:
      'Traffic grows in four steps. Capacity follows each within a second, half an ACU or more at a time.',
    durationMs: 32_000,
    acts: [
      { ...QUIET, searchesPerSecond: 15 },
      { ...QUIET, searchesPerSecond: 35 },
      { ...QUIET, searchesPerSecond: 60 },
      { ...QUIET, searchesPerSecond: 90, writesPerSecond: 10 },
    ],
  },
  {
    name: 'Spike',
    sentence:
      'Three times the traffic from one moment to the next: sessions wait for CPU, and capacity jumps to serve them.',
    durationMs: 14_000,
    acts: [{ ...QUIET, searchesPerSecond: 260, writesPerSecond: 20 }],
  },
  {
    name: 'Ebb',
    sentence:
      'The rush is over. Capacity waits four seconds in case it comes back, then follows the traffic down.',
    durationMs: 40_000,
    acts: [{ ...QUIET, searchesPerSecond: 60 }, { ...QUIET, searchesPerSecond: 25 }, QUIET, QUIET, QUIET],
  },
  {
    name: LOCK_PILE_UP,
    sentence:
      'An editor holds one product and went for coffee. Load is high, yet capacity stays: see who blocks.',
    durationMs: 20_000,
    acts: [{ ...QUIET, lockWaiters: 12 }],
  },
  {
    name: 'Disk',
    sentence:
      'An import makes each row durable before the next. Waiting for the disk is load, too, but no CPU would speed it up.',
    durationMs: 20_000,
    acts: [{ ...QUIET, imports: 6 }],
  },
];

/** The day with the night after it; afterwards it begins again. */
export const STORY: readonly Phase[] = [
  ...DAY,
  {
    name: NIGHT,
    sentence: `Everybody went home and left the connections open. After ${SECONDS_UNTIL_PAUSE} quiet seconds the database falls asleep.`,
    durationMs: (SECONDS_UNTIL_PAUSE + 14) * 1000,
    acts: [{}],
  },
  {
    name: MORNING,
    sentence:
      'The first customer sends a query over a connection that stayed open all night, and that wakes it.',
    durationMs: 8_000,
    acts: [{ firstCustomers: 1 }],
  },
];

export interface Scene {
  readonly phase: Phase;
  /** Of the phase, from 0. */
  readonly index: number;
  readonly cast: Cast;
  /** How often the story was told before. */
  readonly round: number;
  /** Of the phase. */
  readonly remainingMs: number;
  /** Of the act. */
  readonly actRemainingMs: number;
}

/** Where the story stands that long after its start; it repeats for ever. */
export function sceneAt(elapsedMs: number, story: readonly Phase[] = STORY): Scene {
  const roundMs = story.reduce((sum, phase) => sum + phase.durationMs, 0);
  const round = Math.floor(elapsedMs / roundMs);
  let withinMs = elapsedMs - round * roundMs;
  for (const [index, phase] of story.entries()) {
    if (withinMs < phase.durationMs) {
      return { phase, index, round, remainingMs: phase.durationMs - withinMs, ...actAt(phase, withinMs) };
    }
    withinMs -= phase.durationMs;
  }
  throw new RangeError('a story needs a phase with a duration');
}

/** When the first round comes to that phase; 0 where the story has none of that name. */
export function startOf(name: string, story: readonly Phase[] = STORY): number {
  const index = story.findIndex((phase) => phase.name === name);
  return story.slice(0, Math.max(0, index)).reduce((sum, phase) => sum + phase.durationMs, 0);
}

function actAt({ acts, durationMs }: Phase, withinMs: number): Pick<Scene, 'cast' | 'actRemainingMs'> {
  const actMs = durationMs / Math.max(1, acts.length);
  const act = Math.min(acts.length - 1, Math.floor(withinMs / actMs));
  return { cast: acts[act] ?? {}, actRemainingMs: (act + 1) * actMs - withinMs };
}
