import { setMaxListeners } from 'node:events';
import type { Actor, Answer } from './actor.ts';
import { pause } from './actor.ts';
import { firstCustomers } from './first-customers.ts';
import { lockPileUp } from './holders.ts';
import { imports } from './imports.ts';
import { seededRandom } from '../random.ts';
import { emptyLedger, prepareDatabase } from './schema.ts';
import { Sessions } from './sessions.ts';
import { sceneAt, startOf, STORY } from './story.ts';
import type { Cast, Phase, Scene } from './story.ts';
import { reads, searches, writes } from './traffic.ts';

const ACTORS: Readonly<Record<keyof Cast, Actor>> = {
  readsPerSecond: reads,
  searchesPerSecond: searches,
  writesPerSecond: writes,
  lockWaiters: lockPileUp,
  imports,
  firstCustomers,
};
/** How long actors may take to leave by themselves when the load is stopped. */
const LEAVE_MS = 500;

export interface DemoLoadOptions {
  readonly seed: number;
  /** The built-in story unless told otherwise. */
  readonly story?: readonly Phase[];
  /** The name of the phase that the first round begins with. */
  readonly from?: string;
  /** How long the first query after a night took. Must not throw. */
  readonly onAnswer?: (answer: Answer) => void;
}

/** What is going on now. */
export interface DemoPhase {
  readonly name: string;
  /** What to look for. */
  readonly sentence: string;
  /** Position in the story from 1, and how many phases it has; 0 while the tables are made. */
  readonly number: number;
  readonly count: number;
  readonly remainingMs: number | null;
}

export interface DemoLoad {
  /** Makes roles, a database and its tables (a few seconds), then begins the story. Rejects as `pg` does. */
  start(): Promise<void>;
  /** Ends all sessions of the load; never rejects, also when the server is gone. */
  stop(): Promise<void>;
  phase(): DemoPhase;
  /** Tells of every new phase. Returns how to unsubscribe. */
  subscribe(listener: (phase: DemoPhase) => void): () => void;
}

interface Performance {
  readonly strength: number;
  readonly end: AbortController;
}

/** The load of the demo on a server of our own; `url` is its superuser's. It replaces the database shop. */
export function createDemoLoad(url: string, options: DemoLoadOptions): DemoLoad {
  const { seed, story = STORY, from = '', onAnswer = () => {} } = options;
  const sessions = new Sessions(url);
  const listeners = new Set<(phase: DemoPhase) => void>();
  const onStage = new Map<keyof Cast, Performance>();
  const leaving = new Set<Promise<void>>();
  const over = new AbortController();
  let startedAt: number | null = null;
  let playing: Promise<void> = Promise.resolve();

  function phase(): DemoPhase {
    if (startedAt === null) {
      const sentence =
        'Roles, a database and its tables are being made: a short load of its own, which capacity follows.';
      return { name: 'Preparing', sentence, number: 0, count: story.length, remainingMs: null };
    }
    const scene = sceneAt(performance.now() - startedAt, story);
    const { name, sentence } = scene.phase;
    return { name, sentence, number: scene.index + 1, count: story.length, remainingMs: scene.remainingMs };
  }

  async function play(beganAt: number): Promise<void> {
    let told: Scene | null = null;
    while (!over.signal.aborted) {
      const scene = sceneAt(performance.now() - beganAt, story);
      cast(scene.cast, scene.round);
      if (told !== null && scene.round > told.round) emptyLedger(sessions).catch(() => {});
      if (told === null || scene.index !== told.index || scene.round !== told.round) {
        for (const listener of listeners) listener(phase());
      }
      told = scene;
      await pause(scene.actRemainingMs, over.signal);
    }
    cast({}, 0);
  }

  /** Who plays the same part in the next phase stays on stage. */
  function cast(next: Cast, round: number): void {
    for (const [part, performance] of onStage) {
      if (next[part] === performance.strength) continue;
      performance.end.abort();
      onStage.delete(part);
    }
    for (const [part, strength] of Object.entries(next) as [keyof Cast, number][]) {
      if (!onStage.has(part)) enter(part, strength, round);
    }
  }

  function enter(part: keyof Cast, strength: number, round: number): void {
    const end = new AbortController();
    // One pause for each session of an actor.
    setMaxListeners(0, end.signal);
    const random = seededRandom(seed, `${part} ${round}`);
    const stage = { sessions, random, signal: end.signal, strength, onAnswer };
    const performance = ACTORS[part](stage).catch(() => {});
    onStage.set(part, { strength, end });
    leaving.add(performance);
    void performance.finally(() => leaving.delete(performance));
  }

  /** Most leave when their statement is done; who is still computing or waiting for a lock is ended. */
  async function leave(): Promise<void> {
    let isOver = false;
    const all = Promise.all([...leaving, sessions.end()]).then(() => (isOver = true));
    await Promise.race([all, pause(LEAVE_MS, new AbortController().signal)]);
    while (!isOver) {
      await sessions.terminate();
      await Promise.race([all, pause(LEAVE_MS, new AbortController().signal)]);
    }
  }

  return {
    async start() {
      await prepareDatabase(sessions, seed);
      if (over.signal.aborted) return;
      await sessions.connect();
      if (over.signal.aborted) return;
      startedAt = performance.now() - startOf(from, story);
      playing = play(startedAt);
    },
    async stop() {
      over.abort();
      await playing;
      await leave();
    },
    phase,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
