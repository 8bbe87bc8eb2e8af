import { clamp } from '../../capacity/acu.ts';
import { seededRandom, type Random } from '../../random.ts';
import { CorrelatedNoise, exponential, Gaussian } from './noise.ts';

/** How load varies within the steps of a coarse trace. Seconds; heights are factors. */
export interface BurstParameters {
  /** Of the slow noise: deviation over mean, and the time over which it hangs together. */
  readonly variation: number;
  readonly correlationSeconds: number;
  /** From the start of a burst to the next one, mean; null for no bursts. */
  readonly everySeconds: number | null;
  /** Exponential, cut to the bounds. */
  readonly meanSeconds: number;
  readonly leastSeconds: number;
  readonly mostSeconds: number;
  /** Lognormal around the middle, cut to the bounds; the spread is the deviation of its logarithm. */
  readonly middleHeight: number;
  readonly heightSpread: number;
  readonly leastHeight: number;
  readonly mostHeight: number;
}

/** Assumed, not measured: {@link CALM_BURSTS} and {@link ROUGH_BURSTS} show how much hangs on it. */
export const BURSTS: BurstParameters = {
  variation: 0.25,
  correlationSeconds: 10,
  everySeconds: 300,
  meanSeconds: 15,
  leastSeconds: 2,
  mostSeconds: 60,
  middleHeight: 2.5,
  heightSpread: 0.35,
  leastHeight: 1.5,
  mostHeight: 6,
};

export const CALM_BURSTS: BurstParameters = { ...BURSTS, variation: 0.1, everySeconds: null };

export const ROUGH_BURSTS: BurstParameters = { ...BURSTS, variation: 0.5, everySeconds: 150 };

/** How heavy each second is, one after the other: noise, times the height of the burst where there is one. */
export class BurstWeights {
  readonly #parameters: BurstParameters;
  readonly #noise: CorrelatedNoise;
  readonly #random: Random;
  readonly #gaussian: Gaussian;
  #height = 1;
  #secondsLeft = Number.POSITIVE_INFINITY;

  constructor(parameters: BurstParameters, seed: number) {
    this.#parameters = parameters;
    const { variation, correlationSeconds } = parameters;
    this.#noise = new CorrelatedNoise({
      variation,
      correlationSteps: correlationSeconds,
      seed,
      stream: 'burst noise',
    });
    this.#random = seededRandom(seed, 'bursts');
    this.#gaussian = new Gaussian(seededRandom(seed, 'burst heights'));
    this.#rest();
  }

  next(): number {
    if (this.#secondsLeft <= 0) this.#turn();
    this.#secondsLeft -= 1;
    return this.#height * this.#noise.next();
  }

  #turn(): void {
    if (this.#height !== 1) {
      this.#rest();
      return;
    }
    const { meanSeconds, leastSeconds, mostSeconds } = this.#parameters;
    const { middleHeight, heightSpread, leastHeight, mostHeight } = this.#parameters;
    const seconds = Math.round(exponential(meanSeconds, this.#random));
    this.#secondsLeft = clamp(seconds, leastSeconds, mostSeconds);
    const height = middleHeight * Math.exp(heightSpread * this.#gaussian.next());
    this.#height = clamp(height, leastHeight, mostHeight);
  }

  #rest(): void {
    const { everySeconds, meanSeconds } = this.#parameters;
    this.#height = 1;
    this.#secondsLeft =
      everySeconds === null
        ? Number.POSITIVE_INFINITY
        : Math.max(1, Math.round(exponential(everySeconds - meanSeconds, this.#random)));
  }
}
