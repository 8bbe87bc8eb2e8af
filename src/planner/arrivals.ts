import { seededRandom } from '../random.ts';
import type { Random } from '../random.ts';

/** Above so many the normal distribution is near enough. */
const MANY = 50;

/** Requests that come one by one, independently of each other, instead of as a steady flow. */
export class RandomArrivals {
  readonly #random: Random;
  readonly #requestCpuSeconds: number;

  constructor(requestCpuSeconds: number, seed: number) {
    this.#random = seededRandom(seed, 'arrivals');
    this.#requestCpuSeconds = requestCpuSeconds;
  }

  /** Work that came in a stretch in which so much was to be expected, in CPUs. */
  cpus(expectedCpus: number, seconds: number): number {
    const expected = (expectedCpus * seconds) / this.#requestCpuSeconds;
    return (drawPoisson(expected, this.#random) * this.#requestCpuSeconds) / seconds;
  }

  /** More than this hardly ever comes in such a stretch: four standard deviations. */
  mostCpus(expectedCpus: number, seconds: number): number {
    return expectedCpus + 4 * Math.sqrt((expectedCpus * this.#requestCpuSeconds) / seconds);
  }

  /** How many sessions one sample finds where so many are active on average. */
  sampled(sessions: number): number {
    return drawPoisson(sessions, this.#random);
  }
}

/** A number from the Poisson distribution. */
export function drawPoisson(mean: number, random: Random): number {
  if (!(mean > 0)) return 0;
  if (mean > MANY) return Math.max(0, Math.round(mean + Math.sqrt(mean) * drawNormal(random)));
  const limit = Math.exp(-mean);
  let product = random();
  let count = 0;
  while (product > limit) {
    product *= random();
    count++;
  }
  return count;
}

function drawNormal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
