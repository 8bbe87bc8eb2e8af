import type { LoadTick, Tuple, WeightedSample } from '../../load/model.ts';

export interface RingLimits {
  readonly maxAgeMs: number;
  readonly maxTicks: number;
  /** Over all ticks; what bounds memory when thousands of sessions are active. */
  readonly maxSamples: number;
}

const LIMITS: RingLimits = { maxAgeMs: 3_600_000, maxTicks: 36_000, maxSamples: 400_000 };
/** Tuples shared between ticks; forgotten all at once when there are too many, which costs sharing only. */
const MAX_SHARED_TUPLES = 20_000;

/** The last ticks, oldest first, in bounded memory. */
export class TickRing {
  readonly #limits: RingLimits;
  #ticks: LoadTick[] = [];
  #samples = 0;
  readonly #shared = new Map<string, Tuple>();

  constructor(limits: Partial<RingLimits> = {}) {
    this.#limits = { ...LIMITS, ...limits };
  }

  /** Adds a live tick, or puts a settled one in the place of the live one that it finishes. */
  put(tick: LoadTick): void {
    const samples = tick.samples.map((sample) => this.#share(sample));
    const slim = { ...tick, samples };
    const index = this.#ticks.findLastIndex((other) => other.atMs <= tick.atMs);
    const replaced = this.#ticks[index]?.atMs === tick.atMs ? this.#ticks[index] : undefined;
    if (replaced === undefined) this.#ticks.splice(index + 1, 0, slim);
    else this.#ticks[index] = slim;
    this.#samples += samples.length - (replaced?.samples.length ?? 0);
    this.#evict();
  }

  get ticks(): readonly LoadTick[] {
    return this.#ticks;
  }

  get last(): LoadTick | undefined {
    return this.#ticks.at(-1);
  }

  /** Ticks that end within (fromMs, toMs]. */
  between(fromMs: number, toMs: number): readonly LoadTick[] {
    return this.#ticks.filter((tick) => tick.atMs > fromMs && tick.atMs <= toMs);
  }

  #evict(): void {
    const newest = this.last;
    if (newest === undefined) return;
    let drop = 0;
    for (const tick of this.#ticks) {
      const tooMany = this.#ticks.length - drop > this.#limits.maxTicks;
      const tooOld = newest.atMs - tick.atMs > this.#limits.maxAgeMs;
      if (tick === newest || !(tooMany || tooOld || this.#samples > this.#limits.maxSamples)) break;
      this.#samples -= tick.samples.length;
      drop += 1;
    }
    if (drop > 0) this.#ticks = this.#ticks.slice(drop);
  }

  #share(sample: WeightedSample): WeightedSample {
    const key = Object.values(sample.tuple).join('\u0000');
    const known = this.#shared.get(key);
    if (known !== undefined) return { ...sample, tuple: known };
    if (this.#shared.size >= MAX_SHARED_TUPLES) this.#shared.clear();
    this.#shared.set(key, sample.tuple);
    return sample;
  }
}
