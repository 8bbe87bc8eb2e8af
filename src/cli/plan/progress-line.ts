import type { WriteStream } from 'node:tty';
import type { PlanProgress } from '../../planner/options.ts';
import { clean, cut } from '../terminal/text.ts';

const BAR_WIDTH = 20;
const REDRAW_MS = 100;
/** What is done sooner needs no line. */
const QUIET_MS = 300;

/** One line on a terminal that says how far the work is, and goes away with it; nothing elsewhere. */
export class ProgressLine {
  readonly #output: WriteStream;
  readonly #now: () => number;
  readonly #startedMs: number;
  #drawnMs = Number.NEGATIVE_INFINITY;
  #isShown = false;

  constructor(output: WriteStream, now: () => number = Date.now) {
    this.#output = output;
    this.#now = now;
    this.#startedMs = now();
  }

  /** `share` is null where nobody knows how much there is to do. */
  show(what: string, share: number | null): void {
    if (!this.#output.isTTY) return;
    const now = this.#now();
    if (now - this.#startedMs < QUIET_MS || now - this.#drawnMs < REDRAW_MS) return;
    this.#drawnMs = now;
    this.#isShown = true;
    const columns = (this.#output.columns || 80) - 1;
    this.#output.write(`\r${cut(`${barOf(share)}${clean(what)}`, columns)}\u001b[K`);
  }

  readonly planning = ({ trace, policy, share }: PlanProgress): void => {
    this.show(`${trace}, ${policy}`, share);
  };

  erase(): void {
    if (this.#isShown) this.#output.write('\r\u001b[K');
    this.#isShown = false;
  }
}

function barOf(share: number | null): string {
  if (share === null) return '';
  const done = Math.round(Math.min(1, Math.max(0, share)) * BAR_WIDTH);
  const percent = `${Math.floor(share * 100)}%`.padStart(4);
  return `${'━'.repeat(done)}${'─'.repeat(BAR_WIDTH - done)}${percent}  `;
}
