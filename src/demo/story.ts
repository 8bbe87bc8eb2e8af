/** Who acts in the demo, and how strongly. */
export interface Cast {
  /** Short reads a second, whether or not the earlier ones are answered (open loop). */
  readonly readsPerSecond?: number;
  /** Small transactions a second, open loop. */
  readonly writesPerSecond?: number;
  /** Sessions that compute a report again and again. */
  readonly reports?: number;
  /** Sessions that queue behind one that holds a row and does nothing. */
  readonly lockWaiters?: number;
  /** Sessions that sort more than their memory holds. */
  readonly sorts?: number;
  /** Sessions that begin a transaction and forget it. */
  readonly forgottenTransactions?: number;
}

export interface Phase {
  readonly name: string;
  /** What to look for, for whoever watches. */
  readonly sentence: string;
  readonly durationMs: number;
  readonly cast: Cast;
}

/** A day of a small web shop in some two and a half minutes; afterwards it begins again. */
export const STORY: readonly Phase[] = [
  {
    name: 'Steady traffic',
    sentence: 'Short reads and small writes at an even pace: load stays well below one session.',
    durationMs: 20_000,
    cast: { readsPerSecond: 120, writesPerSecond: 25 },
  },
  {
    name: 'CPU-heavy report',
    sentence:
      'The role app_report computes over all orders: CPU grows, and where no processor is free, sessions wait for one.',
    durationMs: 22_000,
    cast: { readsPerSecond: 120, writesPerSecond: 10, reports: 2 },
  },
  {
    name: 'Lock pile-up',
    sentence:
      'An editor holds one product and went for coffee: load is high, CPU idle. See who blocks; more CPU would buy nothing.',
    durationMs: 22_000,
    cast: { readsPerSecond: 80, lockWaiters: 12 },
  },
  {
    name: 'Rush hour',
    sentence:
      'Eight times the traffic: many short statements, no single one slow. Top SQL shows what they add up to.',
    durationMs: 22_000,
    cast: { readsPerSecond: 900, writesPerSecond: 200 },
  },
  {
    name: 'Spilling sorts',
    sentence:
      'The warehouse sorts with little work_mem: temporary files, so IO waits beside the CPU, in another database.',
    durationMs: 22_000,
    cast: { readsPerSecond: 60, sorts: 2 },
  },
  {
    name: 'Forgotten transactions',
    sentence:
      'Billing jobs sit idle in transaction: they are no load, yet they hold back vacuum, so they are shown apart.',
    durationMs: 20_000,
    cast: { readsPerSecond: 100, writesPerSecond: 20, forgottenTransactions: 4 },
  },
  {
    name: 'Quiet',
    sentence:
      'Hardly anything happens: the line falls to zero, and zero is recorded, which is not the same as a gap.',
    durationMs: 20_000,
    cast: { readsPerSecond: 1 },
  },
];

export interface Scene {
  readonly phase: Phase;
  /** Of the phase, from 0. */
  readonly index: number;
  /** How often the story was told before. */
  readonly round: number;
  readonly remainingMs: number;
}

/** Where the story stands that long after its start; it repeats for ever. */
export function sceneAt(elapsedMs: number, story: readonly Phase[] = STORY): Scene {
  const roundMs = story.reduce((sum, phase) => sum + phase.durationMs, 0);
  const round = Math.floor(elapsedMs / roundMs);
  let withinMs = elapsedMs - round * roundMs;
  for (const [index, phase] of story.entries()) {
    if (withinMs < phase.durationMs) return { phase, index, round, remainingMs: phase.durationMs - withinMs };
    withinMs -= phase.durationMs;
  }
  throw new RangeError('a story needs a phase with a duration');
}
