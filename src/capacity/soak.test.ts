import { expect, it } from 'vitest';
import { awakeMinimum, isOnGrid, roundUpToGrid } from './acu.ts';
import { decide, reconfigure, startCapacity } from './decide.ts';
import { ALONE, CONFIG, GIB, SLEEPY } from './decide-fixture.ts';
import { unevictableToAcu } from './memory-demand.ts';
import type {
  ActivityObservation,
  CapacityConfig,
  CapacityState,
  Decision,
  Grant,
  Observation,
  PauseBlocker,
  WakeKind,
} from './model.ts';
import { pauseCancelled, resume } from './pause.ts';

/**
 * Days of random loads, pauses and faults in virtual time, on a database of the simplest kind: work comes in, capacity
 * serves it, the rest queues. `AIRGLOW_SOAK_HOURS` makes it long (`npm run soak`).
 */
const HOURS = Number(process.env['AIRGLOW_SOAK_HOURS'] ?? 0.5);
const LOOK_MS = 50;
const LOOKS_PER_TICK = 20;
const TASK_CPU_SECONDS = 0.005;
const MOST_SESSIONS = 300;
const BACKUP: PauseBlocker = { kind: 'backup', detail: 'a backup is running' };

class Random {
  #state: number;
  constructor(seed: number) {
    this.#state = seed >>> 0;
  }
  next(): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return this.#state / 2 ** 32;
  }
  between(least: number, most: number): number {
    return least + this.next() * (most - least);
  }
  chance(probability: number): boolean {
    return this.next() < probability;
  }
  oneOf<T>(choices: readonly [T, ...T[]]): T {
    return choices[Math.floor(this.next() * choices.length)] ?? choices[0];
  }
}

interface Weather {
  /** Work that comes in, in CPUs. */
  load: number;
  hostBusyCpus: number;
  lockWaiters: number;
  unevictableBytes: number;
  dataBytes: number;
  grant: Grant;
  blind: boolean;
  blockers: readonly PauseBlocker[];
  untilMs: number;
}

class ModelDatabase {
  #queueCpuSeconds = 0;
  cacheBytes = 0;

  /** Serves for one look; what the kernel would tell of it. */
  serve(
    weather: Weather,
    acu: number,
    memoryBytes: number,
  ): { used: number; throttled: number; waiting: number; refaults: number } {
    const seconds = LOOK_MS / 1000;
    const limit = acu * CONFIG.shape.cpus;
    const free = Math.max(0.1, CONFIG.hostCpus - weather.hostBusyCpus);
    this.#queueCpuSeconds = Math.min(
      this.#queueCpuSeconds + weather.load * seconds,
      MOST_SESSIONS * TASK_CPU_SECONDS,
    );
    const wanting = Math.min(this.#queueCpuSeconds / TASK_CPU_SECONDS, MOST_SESSIONS);
    const used = Math.min(limit, free, this.#queueCpuSeconds / seconds);
    this.#queueCpuSeconds -= used * seconds;
    const isLimited = used >= limit - 1e-9 && wanting > used;
    const throttled = isLimited ? Math.max(0, Math.min(CONFIG.hostCpus, wanting) - used) : 0;
    const room = Math.max(0, memoryBytes - weather.unevictableBytes);
    const missing = Math.max(0, weather.dataBytes - room);
    this.cacheBytes = Math.min(weather.dataBytes, room);
    const refaults = weather.load > 0.05 ? missing * 0.05 : 0;
    return { used, throttled, waiting: Math.max(0, wanting - used), refaults };
  }
}

function newWeather(random: Random, now: number): Weather {
  const isQuiet = random.chance(0.4);
  const isIdle = random.chance(0.3);
  return {
    load: isIdle ? 0 : isQuiet ? random.between(0, 0.05) : random.between(0.05, CONFIG.hostCpus * 1.3),
    hostBusyCpus: random.chance(0.2) ? random.between(0, CONFIG.hostCpus) : 0,
    lockWaiters: !isIdle && random.chance(0.2) ? Math.round(random.between(1, 200)) : 0,
    unevictableBytes: random.between(0.2, random.chance(0.2) ? 10 : 1) * GIB,
    dataBytes: random.between(0, random.chance(0.3) ? 40 : 2) * GIB,
    grant: random.chance(0.15) ? { shareAcu: random.between(0.5, 8), contended: random.chance(0.5) } : ALONE,
    blind: random.chance(0.05),
    blockers: random.chance(0.1) ? [BACKUP] : [],
    untilMs: now + random.between(2, 180) * 1000,
  };
}

function activityIn({ load, lockWaiters, blind, blockers }: Weather): ActivityObservation | null {
  return blind ? null : { isActive: load > 0 || lockWaiters > 0, by: null, blockers };
}

/** Half of them may be paused. */
function newConfig(random: Random): CapacityConfig {
  const minAcu = random.chance(0.5) ? 0 : Math.ceil(random.between(0, 8)) / 2;
  const maxAcu = awakeMinimum(minAcu) + Math.ceil(random.between(0, 24)) / 2;
  return { ...CONFIG, minAcu, maxAcu, autoPauseMs: random.chance(0.1) ? null : random.between(1, 60) * 1000 };
}

/** What a pause does not keep. */
function brokenPause(
  { minAcu, autoPauseMs }: CapacityConfig,
  { kind, activity }: Observation,
  quietMs: number,
): string[] {
  const mayPause = kind === 'full' && minAcu === 0 && autoPauseMs !== null;
  const isFree = activity !== null && !activity.isActive && activity.blockers.length === 0;
  return [
    ...(mayPause ? [] : ['I13: paused by a look, or with bounds, that never pause']),
    ...(isFree ? [] : ['I13: paused though used, held or not seen']),
    ...(quietMs >= (autoPauseMs ?? 0) ? [] : ['I13: paused too early']),
  ];
}

/** What a decision does not keep, in words; nothing else is looked at, so that days pass quickly. */
function broken({ config }: CapacityState, decision: Decision, seen: Observation): string[] {
  const { fromAcu, toAcu } = decision;
  const isBlind = seen.kind === 'fast' || seen.memory === null;
  const unevictableBytes = seen.memory?.unevictableBytes ?? 0;
  const floor = Math.min(
    roundUpToGrid(unevictableToAcu(unevictableBytes, config.shape)),
    fromAcu,
    config.maxAcu,
  );
  const isWithin = toAcu >= awakeMinimum(config.minAcu) && toAcu <= config.maxAcu;
  return [
    ...(isOnGrid(toAcu) ? [] : ['I1: off the grid']),
    ...(seen.kind === 'fast' || isWithin ? [] : ['I1: out of bounds']),
    ...(isBlind && toAcu < Math.min(fromAcu, config.maxAcu) ? ['I2: lowered blindly'] : []),
    ...(toAcu < fromAcu && toAcu < floor ? ['I7: below what cannot be evicted'] : []),
  ];
}

it.each([1, 2, 3])(
  `holds its promises through ${HOURS} hours of weather (seed %i)`,
  { timeout: 60_000 + HOURS * 60_000 },
  (seed) => {
    const random = new Random(seed);
    const database = new ModelDatabase();
    let state = startCapacity(SLEEPY, 0, 0);
    let weather = newWeather(random, 0);
    let sums = { used: 0, throttled: 0, waiting: 0, refaults: 0 };
    const faults: string[] = [];
    let hungryLooks = 0;
    let [lowered, raised, paused] = [0, 0, 0];
    let usedAtMs = 0;
    let asleep: { readonly untilMs: number; readonly wake: WakeKind } | null = null;
    const looks = (HOURS * 3_600_000) / LOOK_MS;
    for (let look = 1; look <= looks; look++) {
      const now = look * LOOK_MS;
      if (now >= weather.untilMs) weather = newWeather(random, now);
      if (random.chance(0.00005)) {
        state = reconfigure(state, newConfig(random), now);
      }
      if (asleep !== null) {
        if (now < asleep.untilMs) continue;
        state = resume(state, asleep.wake, now);
        const likelyAcu = asleep.wake === 'client' ? Math.min(2, state.config.maxAcu) : 0;
        if (state.capacityAcu < likelyAcu)
          faults.push('I14: woken for a client with less than it is likely to need');
        asleep = null;
      }
      const memoryBytes = state.capacityAcu * CONFIG.shape.memoryBytes;
      const seen = database.serve(weather, state.capacityAcu, memoryBytes);
      const isTick = look % LOOKS_PER_TICK === 0;
      sums = {
        used: sums.used + seen.used / LOOKS_PER_TICK,
        throttled: sums.throttled + seen.throttled / LOOKS_PER_TICK,
        waiting: sums.waiting + seen.waiting / LOOKS_PER_TICK,
        refaults: sums.refaults + seen.refaults / LOOKS_PER_TICK,
      };
      const memory = {
        unevictableBytes: Math.min(weather.unevictableBytes, memoryBytes),
        cacheBytes: database.cacheBytes,
        limitBytes: memoryBytes,
        refaultBytesPerSecond: isTick ? sums.refaults : 0,
        tierReadBytesPerSecond: 0,
      };
      const { used, throttled, waiting } = isTick ? sums : seen;
      const observation: Observation = {
        kind: isTick ? 'full' : 'fast',
        durationMs: isTick ? LOOK_MS * LOOKS_PER_TICK : LOOK_MS,
        cpu: weather.blind ? null : { used, throttled, waiting },
        memory: weather.blind && random.chance(0.5) ? null : memory,
        waits: isTick
          ? { io: weather.dataBytes > database.cacheBytes ? 1 : 0, tier: 0, other: weather.lockWaiters }
          : null,
        networkBytesPerSecond: isTick ? 0 : null,
        connections: isTick ? 20 : null,
        activity: isTick ? activityIn(weather) : null,
        grant: weather.grant,
      };
      const outcome = decide(state, observation, now);
      if (isTick) sums = { used: 0, throttled: 0, waiting: 0, refaults: 0 };
      if (observation.activity?.isActive === true) usedAtMs = now;
      if (outcome.decision.pause?.kind === 'due') {
        faults.push(...brokenPause(state.config, observation, now - usedAtMs));
        const isCancelled = random.chance(0.2);
        if (isCancelled) state = pauseCancelled(outcome.state, now, random.chance(0.5));
        else {
          state = outcome.state;
          asleep = {
            untilMs: now + random.between(0, 300) * 1000,
            wake: random.oneOf(['client', 'disconnect', 'request']),
          };
          paused++;
        }
        continue;
      }
      faults.push(...broken(state, outcome.decision, observation));
      state = outcome.state;
      if (outcome.decision.toAcu > outcome.decision.fromAcu) raised++;
      if (outcome.decision.toAcu < outcome.decision.fromAcu) lowered++;
      const most = Math.min(
        state.config.maxAcu,
        weather.grant.shareAcu - 0.5,
        CONFIG.hostCpus / CONFIG.shape.cpus,
      );
      const isHungry =
        seen.throttled > 0.5 && state.capacityAcu < most && !weather.grant.contended && !weather.blind;
      hungryLooks = isHungry ? hungryLooks + 1 : 0;
      // A queue that our limit keeps waiting is answered within a few looks.
      expect(hungryLooks).toBeLessThanOrEqual(6);
    }
    expect(faults).toEqual([]);
    expect(raised).toBeGreaterThan(HOURS);
    expect(lowered).toBeGreaterThan(HOURS);
    expect(paused).toBeGreaterThan(HOURS);
  },
);
