import type { RunSecond, RunSink } from '../model.ts';
import type { ShortPeriod } from '../results.ts';

/** Seconds without shortage that do not end a period. */
const LONGEST_GAP_SECONDS = 10;
/** Nobody looks at more of them. */
const MOST_PERIODS = 5;

/** The worst times of a run: when capacity was short, for how long and by how much. */
export class ShortPeriods implements RunSink {
  #worst: ShortPeriod[] = [];
  #fromSecond = -1;
  #lastSecond = -1;
  #shortfall = 0;
  #most = 0;

  second({ index, shortfallAcuSeconds }: RunSecond): void {
    if (shortfallAcuSeconds <= 0) return;
    if (this.#fromSecond >= 0 && index - this.#lastSecond > LONGEST_GAP_SECONDS) this.#close();
    if (this.#fromSecond < 0) this.#fromSecond = index;
    this.#lastSecond = index;
    this.#shortfall += shortfallAcuSeconds;
    if (shortfallAcuSeconds > this.#most) this.#most = shortfallAcuSeconds;
  }

  change(): void {}

  latency(): void {}

  /** In the order in which they came. */
  finish(): readonly ShortPeriod[] {
    this.#close();
    return this.#worst.toSorted((one, other) => one.fromSecond - other.fromSecond);
  }

  #close(): void {
    if (this.#fromSecond < 0) return;
    const least = this.#worst.at(-1);
    if (this.#worst.length < MOST_PERIODS || this.#shortfall > (least?.shortfallAcuSeconds ?? 0)) {
      this.#worst.push({
        fromSecond: this.#fromSecond,
        seconds: this.#lastSecond - this.#fromSecond + 1,
        shortfallAcuSeconds: this.#shortfall,
        mostShortAcu: this.#most,
      });
      this.#worst.sort((one, other) => other.shortfallAcuSeconds - one.shortfallAcuSeconds);
      this.#worst = this.#worst.slice(0, MOST_PERIODS);
    }
    this.#fromSecond = -1;
    this.#shortfall = 0;
    this.#most = 0;
  }
}
