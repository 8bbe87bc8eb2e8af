import { seededRandom, type Random } from '../../random.ts';

/** Normally distributed numbers, mean 0 and deviation 1 (Marsaglia's polar method, which makes two at a time). */
export class Gaussian {
  readonly #random: Random;
  #spare = Number.NaN;

  constructor(random: Random) {
    this.#random = random;
  }

  next(): number {
    const spare = this.#spare;
    if (!Number.isNaN(spare)) {
      this.#spare = Number.NaN;
      return spare;
    }
    let x = 0;
    let y = 0;
    let square = 0;
    do {
      x = 2 * this.#random() - 1;
      y = 2 * this.#random() - 1;
      square = x * x + y * y;
    } while (square >= 1 || square === 0);
    const factor = Math.sqrt((-2 * Math.log(square)) / square);
    this.#spare = y * factor;
    return x * factor;
  }
}

/** Lognormal noise of mean 1 whose values hang together over a time: its logarithm is autoregressive of order 1. */
export class CorrelatedNoise {
  readonly #gaussian: Gaussian;
  readonly #deviation: number;
  readonly #kept: number;
  readonly #fresh: number;
  #state: number;

  /** `variation` is the deviation over the mean; correlation falls to 1/e after so many steps. */
  constructor(options: { variation: number; correlationSteps: number; seed: number; stream: string }) {
    const { variation, correlationSteps, seed, stream } = options;
    this.#gaussian = new Gaussian(seededRandom(seed, stream));
    this.#deviation = Math.sqrt(Math.log(1 + variation * variation));
    this.#kept = Math.exp(-1 / correlationSteps);
    this.#fresh = Math.sqrt(1 - this.#kept * this.#kept);
    this.#state = this.#gaussian.next();
  }

  next(): number {
    this.#state = this.#kept * this.#state + this.#fresh * this.#gaussian.next();
    const deviation = this.#deviation;
    return Math.exp(deviation * this.#state - (deviation * deviation) / 2);
  }
}

export function exponential(mean: number, random: Random): number {
  return -mean * Math.log(1 - random());
}
