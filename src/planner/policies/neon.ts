import { awakeMinimum, clamp } from '../../capacity/acu.ts';
import type { PlannedPolicy, PolicyContext, PolicyRun, Seen } from '../model.ts';
import { CountClock, DampedLoad } from './damped-load.ts';
import { IdlePause } from './idle-pause.ts';
import { NeonWorkingSet } from './neon-working-set.ts';
import { firstAcu, memoryToAcu, withinBounds } from './within-bounds.ts';

const LOAD_TARGET = 0.9;
const MEMORY_USAGE_TARGET = 0.75;
const MEMORY_TOTAL_TARGET = 0.9;
const CACHE_SHARE = 0.75;
const KERNEL_BYTES = 100 * 1024 ** 2;
/** Until the working set of the first minutes is known, nothing is lowered. */
const FIRST_MINUTES_MS = 300_000;
const WAKE_MS = 500;

export const neon: PlannedPolicy = {
  name: 'neon',
  title: 'Neon',
  rules:
    "Every 5 s the largest of three: load average of a minute over 0.9 (running and waiting for CPU; waits for Neon's storage " +
    'go over the network and are not in it), rounded to whole units; memory at 75 % used, 90 % with cache; the working set ' +
    'of the last hour over 0.75. Up and down at once, down not in the first 5 minutes. 1 unit is a quarter of a CPU and 1 GiB, ' +
    'an ACU has 2 GiB: each need is converted on its own, and the larger one counts, which favours it. The working set by ' +
    'window is modelled as the largest in that window; its memory watcher of 100 ms and its quota of four times the CPU are left ' +
    'out. Suspended after 5 minutes or more, wakes in 0.5 s at the minimum.',
  source:
    'https://github.com/neondatabase/autoscaling (commit a4bce09e4d6b: pkg/agent/core/goalcu.go, wss.go); wake: ' +
    'https://www.vldb.org/pvldb/vol19/p4385-pandis.pdf',
  kind: 'causal',
  start: (context) => new NeonRun(context),
};

class NeonRun implements PolicyRun {
  readonly startAcu: number;
  readonly canPause: boolean;
  readonly #context: PolicyContext;
  readonly #pause: IdlePause;
  readonly #clock = new CountClock();
  readonly #load1 = new DampedLoad(60_000);
  readonly #workingSet = new NeonWorkingSet();
  #acu: number;
  #awakeMs = 0;

  constructor(context: PolicyContext) {
    this.#context = context;
    this.startAcu = firstAcu(context);
    this.#pause = new IdlePause(context.bounds);
    this.canPause = this.#pause.isAllowed;
    this.#acu = this.startAcu;
  }

  decide(seen: Seen, nowMs: number): number {
    this.#awakeMs += seen.durationMs;
    this.#workingSet.add(Math.max(0, seen.wantedMemoryBytes - seen.unevictableBytes), seen.durationMs);
    if (this.#pause.isDue(seen, nowMs)) return 0;
    if (!this.#clock.isDue(seen.durationMs)) return this.#acu;
    this.#load1.count(seen.cpuUsed + seen.cpuWaiting);
    const goalAcu = withinBounds(this.#goalAcu(seen), this.#context.bounds);
    if (goalAcu > this.#acu || this.#awakeMs >= FIRST_MINUTES_MS) this.#acu = goalAcu;
    return this.#acu;
  }

  wakeMs(): number {
    return WAKE_MS;
  }

  /** A new virtual machine: it knows nothing of before. */
  wake(nowMs: number): number {
    this.#clock.restart();
    this.#load1.clear();
    this.#workingSet.clear();
    this.#awakeMs = 0;
    this.#pause.restart(nowMs);
    this.#acu = awakeMinimum(this.#context.bounds.minAcu);
    return this.#acu;
  }

  /** The zones in which the 5-minute average counts have no width by default, so it is left out. */
  #goalAcu({ unevictableBytes, cacheBytes }: Seen): number {
    const { shape, hostCpus } = this.#context.database;
    const cpuAcu = Math.round(Math.min(this.#load1.load / LOAD_TARGET, hostCpus) / shape.cpus);
    const usedBytes = unevictableBytes + KERNEL_BYTES;
    const workingSet = this.#workingSet.estimateBytes();
    const withCache = (clamp(workingSet, 0, cacheBytes) + usedBytes) / MEMORY_TOTAL_TARGET;
    const memoryBytes = Math.max(usedBytes / MEMORY_USAGE_TARGET, withCache);
    const projected = this.#workingSet.projectedBytes() / CACHE_SHARE;
    return Math.max(
      cpuAcu,
      wholeUnitsInAcu(memoryToAcu(memoryBytes, shape)),
      wholeUnitsInAcu(memoryToAcu(projected, shape)),
    );
  }
}

/** Its memory grows by whole units of 1 GiB: by half an ACU. */
function wholeUnitsInAcu(acu: number): number {
  return Math.ceil(acu * 2 - 1e-9) / 2;
}
