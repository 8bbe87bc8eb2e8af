import type { AcuShape } from '../../capacity/acu.ts';
import { DecayingHistogram } from './decaying-histogram.ts';
import { memoryToAcu } from './within-bounds.ts';

export const DAY_MS = 24 * 3_600_000;
const GROWTH = 0.05;
const LEAST_WEIGHT = 0.1;
const MARGIN = 1.15;
const LEAST_CPUS = 0.025;
const LEAST_BYTES = 250e6;
const SAMPLES_PER_DAY = 1440;
const LOWER = { percentile: 0.5, confidence: 0.001, exponent: -2 } as const;
const TARGET = { percentile: 0.9, confidence: 0, exponent: 0 } as const;
const UPPER = { percentile: 0.95, confidence: 1, exponent: 1 } as const;

type Estimator = typeof LOWER | typeof TARGET | typeof UPPER;

/** In ACU, on no grid. One object is used again and again. */
export interface Recommendation {
  targetAcu: number;
  lowerAcu: number;
  upperAcu: number;
}

/** What VPA would recommend: from a sample of CPU a minute and the peak of memory of each day. */
export class VpaRecommender {
  readonly #shape: AcuShape;
  readonly #cpus = new DecayingHistogram({
    firstBucket: 0.01,
    growth: GROWTH,
    most: 1000,
    halfLifeMs: DAY_MS,
  });
  readonly #memory = new DecayingHistogram({
    firstBucket: 1e7,
    growth: GROWTH,
    most: 1e12,
    halfLifeMs: DAY_MS,
  });
  readonly #answer: Recommendation = { targetAcu: 0, lowerAcu: 0, upperAcu: 0 };
  #firstMs = Number.NaN;
  #samples = 0;
  #peakBytes = 0;
  #intervalEndMs = Number.NEGATIVE_INFINITY;

  constructor(shape: AcuShape) {
    this.#shape = shape;
  }

  add(cpus: number, requestedCpus: number, memoryBytes: number, nowMs: number): void {
    if (Number.isNaN(this.#firstMs)) this.#firstMs = nowMs;
    this.#samples++;
    this.#cpus.add(cpus, Math.max(requestedCpus, LEAST_WEIGHT), nowMs);
    this.#addMemory(memoryBytes, nowMs);
  }

  recommend(nowMs: number): Recommendation {
    const days = (nowMs - this.#firstMs) / DAY_MS;
    const confidence = Math.min(days, this.#samples / SAMPLES_PER_DAY);
    this.#answer.targetAcu = this.#estimate(TARGET, confidence);
    this.#answer.lowerAcu = this.#estimate(LOWER, confidence);
    this.#answer.upperAcu = this.#estimate(UPPER, confidence);
    return this.#answer;
  }

  /** A higher peak of the same day takes the place of the one before. */
  #addMemory(bytes: number, nowMs: number): void {
    const isNewDay = nowMs >= this.#intervalEndMs;
    if (isNewDay) this.#intervalEndMs = nowMs + DAY_MS;
    else if (bytes <= this.#peakBytes) return;
    else this.#memory.remove(this.#peakBytes, 1, this.#intervalEndMs);
    this.#peakBytes = bytes;
    this.#memory.add(bytes, 1, this.#intervalEndMs);
  }

  #estimate(estimator: Estimator, confidence: number): number {
    const { percentile } = estimator;
    const factor = confidenceFactor(estimator, confidence);
    const cpus = Math.max(LEAST_CPUS, this.#cpus.percentile(percentile) * MARGIN * factor);
    const bytes = Math.max(LEAST_BYTES, this.#memory.percentile(percentile) * MARGIN * factor);
    return Math.max(cpus / this.#shape.cpus, memoryToAcu(bytes, this.#shape));
  }
}

/** The less is known the further apart; with nothing, from 0 to infinity. */
function confidenceFactor({ confidence: multiplier, exponent }: Estimator, known: number): number {
  if (exponent === 0) return 1;
  return known > 0 ? (1 + multiplier / known) ** exponent : exponent < 0 ? 0 : Number.POSITIVE_INFINITY;
}
