import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../../src/random.ts';
import { WAYS } from './client-messages.ts';
import type { Way } from './client-messages.ts';
import type { Sleepy } from './sleepy.ts';
import type { WakeClient } from './wake-client.ts';

/** What the database gave back while it slept. */
export const STATES = ['just paused', 'cache returned', 'swapped out'] as const;
export type SleepState = (typeof STATES)[number];

/** Milliseconds, as they came. */
export interface Wakes {
  readonly state: SleepState;
  readonly way: Way;
  readonly wakes: readonly number[];
  /** What the sentinel says that each took. */
  readonly sentinel: readonly number[];
  /** The same question to the database when it was awake again. */
  readonly awake: readonly number[];
}

/** Cycles that do not count: what runs for the first time has to be compiled first. */
const WARM_UP = 3;
const SHORTEST_MS = 10;
const LONGEST_MS = 60;
/** What the daemon does after a wake is over, so that the next question is of an awake database and nothing else. */
const AWAKE_AFTER_MS = 60;

/** The ways in turn: pause, a short random wait, the timed question; then the same question awake. */
export async function measureWakes(
  database: Sleepy,
  client: WakeClient,
  state: SleepState,
  cycles: number,
): Promise<Wakes[]> {
  const random = seededRandom(cycles, state);
  const delayMs = (): number => SHORTEST_MS + random() * (LONGEST_MS - SHORTEST_MS);
  const measured = WAYS.map((way) => ({
    state,
    way,
    wakes: [] as number[],
    sentinel: [] as number[],
    awake: [] as number[],
  }));
  for (let cycle = -WARM_UP; cycle < cycles; cycle++) {
    for (const { way, wakes, sentinel, awake } of measured) {
      await database.pause();
      if (state !== 'just paused') await database.giveBack(state === 'swapped out' ? 'all' : 'cache');
      const wakeMs = await client.ask(way, delayMs());
      await sleep(AWAKE_AFTER_MS);
      const awakeMs = await client.ask(way, delayMs());
      if (cycle < 0) continue;
      wakes.push(wakeMs);
      awake.push(awakeMs);
      sentinel.push(database.tookMs() ?? Number.NaN);
    }
  }
  return measured;
}
