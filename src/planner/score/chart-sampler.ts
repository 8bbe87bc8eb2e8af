import type { PlannedPolicy, RunSecond, RunSink } from '../model.ts';
import type { DemandChart, RunChart } from '../results.ts';

/** Makes a picture of a run: at most `points` points, each for equally many seconds but the last. */
export class ChartSampler implements RunSink {
  readonly #capacity: PointMeans;
  readonly #shortfall: PointMeans;

  constructor(seconds: number, points: number) {
    this.#capacity = new PointMeans(seconds, points);
    this.#shortfall = new PointMeans(seconds, points);
  }

  second({ index, capacityAcu, endCapacityAcu, shortfallAcuSeconds }: RunSecond): void {
    this.#capacity.add(index, capacityAcu, Math.max(capacityAcu, endCapacityAcu));
    this.#shortfall.add(index, shortfallAcuSeconds, shortfallAcuSeconds);
  }

  change(): void {}

  latency(): void {}

  finish({ name, title }: Pick<PlannedPolicy, 'name' | 'title'>): RunChart {
    return {
      policy: name,
      title,
      secondsPerPoint: this.#capacity.secondsPerPoint,
      meanAcu: this.#capacity.means(),
      maxAcu: this.#capacity.maxima(),
      shortfallAcu: this.#shortfall.means(),
    };
  }
}

/** Of the demand, one value a second. */
export function demandChart(demandAcu: Float32Array, points: number): DemandChart {
  const demand = new PointMeans(demandAcu.length, points);
  for (let index = 0; index < demandAcu.length; index += 1) {
    demand.add(index, demandAcu[index]!, demandAcu[index]!);
  }
  return { secondsPerPoint: demand.secondsPerPoint, meanAcu: demand.means(), maxAcu: demand.maxima() };
}

class PointMeans {
  readonly secondsPerPoint: number;
  readonly #seconds: number;
  readonly #sums: Float64Array;
  readonly #maxima: Float64Array;
  #point = 0;
  #nextPointAt: number;

  constructor(seconds: number, points: number) {
    this.#seconds = seconds;
    this.secondsPerPoint = Math.max(1, Math.ceil(seconds / Math.max(1, points)));
    const count = Math.ceil(seconds / this.secondsPerPoint);
    this.#sums = new Float64Array(count);
    this.#maxima = new Float64Array(count);
    this.#nextPointAt = this.secondsPerPoint;
  }

  /** Seconds come in order. */
  add(index: number, mean: number, most: number): void {
    if (index >= this.#nextPointAt) {
      this.#point += 1;
      this.#nextPointAt += this.secondsPerPoint;
    }
    this.#sums[this.#point]! += mean;
    if (most > this.#maxima[this.#point]!) this.#maxima[this.#point] = most;
  }

  means(): number[] {
    return Array.from(this.#sums, (sum, point) => sum / this.#secondsOf(point));
  }

  maxima(): number[] {
    return Array.from(this.#maxima);
  }

  #secondsOf(point: number): number {
    return Math.min(this.secondsPerPoint, this.#seconds - point * this.secondsPerPoint);
  }
}
