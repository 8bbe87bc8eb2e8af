import { ACU_STEP, awakeMinimum, roundUpToGrid } from './acu.ts';
import { cpusToAcu, explainCpu, wantedCpus } from './cpu-demand.ts';
import { decideBy } from './decide.ts';
import type { CapacityState, Decision, Observation } from './model.ts';
import { isPausable } from './pause.ts';
import { addPeak, highestPeak } from './peaks.ts';
import type { CapacityRules } from './rules.ts';

/** Looks that were put by, the most there may be: only those of the hold matter later. */
const MOST_LOOKS = 64;

/**
 * `decide()` for those who need millions of decisions in a row, and only where capacity goes: what most looks leave
 * behind is the use that they saw, and nothing else. Such looks are put by, and `decide` takes them in when one comes that
 * may change something. The path is the same as of `decide` look by look, to the last change: `coast.test.ts`.
 */
export class CoastingDecisions {
  readonly #rules: CapacityRules;
  readonly #servedAcu = new Float64Array(MOST_LOOKS);
  readonly #atMs = new Float64Array(MOST_LOOKS);
  #state: CapacityState;
  /** The last look that was decided, where others like it may be put by. */
  #like: Remembered | null = null;
  #waiting = 0;
  #oldest = 0;

  constructor(rules: CapacityRules, state: CapacityState) {
    this.#rules = rules;
    this.#state = state;
  }

  /** The state after all looks so far. */
  get state(): CapacityState {
    this.#takeIn();
    return this.#state;
  }

  /** Somebody changed it: a wake, other bounds. */
  set state(state: CapacityState) {
    this.#waiting = 0;
    this.#state = state;
    this.#like = null;
  }

  /** Capacity after one more look; 0 where it asks for a pause. The look may be changed and used again after that. */
  decide(seen: Observation, now: number): number {
    if (this.#like !== null && seen.kind === 'full' && this.#changesNothing(seen, this.#like, now))
      return this.#state.capacityAcu;
    this.#takeIn();
    const { state, decision } = decideBy(this.#rules, this.#state, seen, now);
    this.#state = state;
    this.#like = mayCoast(state, seen, decision) ? remember(seen, decision) : null;
    return decision.toAcu;
  }

  #changesNothing(seen: Observation, like: Remembered, now: number): boolean {
    const { config, capacityAcu, pause, cpu: remembered } = this.#state;
    if (seen.cpu === null || !isLike(seen, like) || now < pause.learnUntilMs || pause.boost !== null)
      return false;
    const explained = explainCpu(seen.cpu, config.hostCpus);
    const demandAcu = cpusToAcu(wantedCpus(explained, this.#rules), config, this.#rules);
    if (roundUpToGrid(demandAcu) > capacityAcu) return false;
    const servedAcu = cpusToAcu(explained.used, config, this.#rules);
    // What is lower by less than this is not worth a change, unless it is memory that goes step by step.
    const isWorthAcu =
      demandAcu > like.othersAcu
        ? capacityAcu * (1 - this.#rules.leastLoweringShare)
        : capacityAcu - ACU_STEP;
    const isHeld =
      capacityAcu <= awakeMinimum(config.minAcu) ||
      now < remembered.settleUntilMs ||
      roundUpToGrid(demandAcu) > isWorthAcu ||
      roundUpToGrid(this.#recentAcu(servedAcu, now)) > isWorthAcu;
    if (!isHeld) return false;
    this.#putBy(servedAcu, now);
    return true;
  }

  /** The most that was used within the hold, now included. */
  #recentAcu(servedAcu: number, now: number): number {
    const { holdMs } = this.#rules;
    let recent = Math.max(servedAcu, highestPeak(this.#state.cpu.peaks, now, holdMs)?.acu ?? 0);
    for (let index = 0; index < this.#waiting; index++) {
      const slot = (this.#oldest + index) % MOST_LOOKS;
      const acu = this.#servedAcu[slot] as number;
      if (acu > recent && now - (this.#atMs[slot] as number) < holdMs) recent = acu;
    }
    return recent;
  }

  #putBy(servedAcu: number, now: number): void {
    while (this.#waiting > 0 && now - (this.#atMs[this.#oldest] as number) >= this.#rules.holdMs)
      this.#drop();
    if (this.#waiting === MOST_LOOKS) this.#takeIn();
    const slot = (this.#oldest + this.#waiting) % MOST_LOOKS;
    this.#servedAcu[slot] = servedAcu;
    this.#atMs[slot] = now;
    this.#waiting++;
  }

  #drop(): void {
    this.#oldest = (this.#oldest + 1) % MOST_LOOKS;
    this.#waiting--;
  }

  #takeIn(): void {
    if (this.#waiting === 0) return;
    const { cpu } = this.#state;
    let { peaks } = cpu;
    while (this.#waiting > 0) {
      const acu = this.#servedAcu[this.#oldest] as number;
      const atMs = this.#atMs[this.#oldest] as number;
      if (acu > 0) peaks = addPeak(peaks, { acu, atMs, resource: 'cpu' }, this.#rules.holdMs);
      this.#drop();
    }
    this.#state = { ...this.#state, cpu: { peaks, looks: cpu.looks, settleUntilMs: cpu.settleUntilMs } };
  }
}

/** What has to stay the same: everything but CPU. */
interface Remembered {
  readonly unevictableBytes: number;
  readonly connections: number | null;
  readonly shareAcu: number;
  /** What they ask for, the most of them. */
  readonly othersAcu: number;
}

function remember({ memory, connections, grant }: Observation, { parts }: Decision): Remembered {
  return {
    unevictableBytes: memory?.unevictableBytes ?? 0,
    connections,
    shareAcu: grant.shareAcu,
    othersAcu: Math.max(parts.memory ?? 0, parts.network ?? 0, parts.connections ?? 0),
  };
}

/** Of a database that may be paused each look counts; where something else than CPU moves, too. */
function mayCoast(state: CapacityState, { kind, grant }: Observation, { cap }: Decision): boolean {
  const { memory, config } = state;
  return (
    kind === 'full' &&
    cap === null &&
    !grant.contended &&
    !isPausable(config) &&
    memory.keptCacheBytes === 0 &&
    memory.trial === null
  );
}

function isLike(
  { memory, connections, networkBytesPerSecond, grant }: Observation,
  last: Remembered,
): boolean {
  return (
    memory !== null &&
    memory.cacheBytes === 0 &&
    memory.unevictableBytes === last.unevictableBytes &&
    networkBytesPerSecond === 0 &&
    connections === last.connections &&
    grant.shareAcu === last.shareAcu &&
    !grant.contended
  );
}
