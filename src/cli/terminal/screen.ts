import { writeSync } from 'node:fs';
import type { ReadStream, WriteStream } from 'node:tty';
import { decodeKeys } from './keys.ts';
import { width } from './text.ts';

const ENTER = '\u001b[?1049h\u001b[?25l\u001b[?7l\u001b[2J';
/** Clears first: a terminal that was resized meanwhile may mix the picture into what it brings back. */
const LEAVE = '\u001b[2J\u001b[999;1H\u001b[0m\u001b[?2026l\u001b[?7h\u001b[?25h\u001b[?1049l';
/** Synchronized output: terminals that know it show a frame at once, the others ignore it. */
const BEGIN_FRAME = '\u001b[?2026h';
const END_FRAME = '\u001b[?2026l';

/** The types do not tell of the descriptor that every terminal stream has. */
export type TerminalOutput = WriteStream & { readonly fd: number };

export interface ScreenHandlers {
  onKey(key: string): void;
  /** The size changed, or the program came back from the background: draw again. */
  onRedraw(): void;
  /** SIGINT, SIGTERM or SIGHUP arrived, or the terminal went away. */
  onQuit(): void;
}

/** The whole terminal, borrowed: given back as it was however the program ends. */
export class Screen {
  readonly #output: TerminalOutput;
  readonly #input: ReadStream | null;
  readonly #handlers: ScreenHandlers;
  #shown: readonly string[] = [];
  #isOpen = false;

  /** `input` is null where there is no keyboard. */
  constructor(output: TerminalOutput, input: ReadStream | null, handlers: ScreenHandlers) {
    this.#output = output;
    this.#input = input;
    this.#handlers = handlers;
  }

  open(): void {
    process.on('exit', this.#restore);
    process.on('uncaughtExceptionMonitor', this.#restore);
    process.on('SIGINT', this.#quit);
    process.on('SIGTERM', this.#quit);
    process.on('SIGHUP', this.#quit);
    process.on('SIGTSTP', this.#suspend);
    process.on('SIGCONT', this.#resume);
    this.#output.on('resize', this.#redraw);
    this.#output.on('error', this.#quit);
    this.#input?.on('data', this.#read);
    this.#input?.on('end', this.#quit);
    this.#take();
  }

  close(): void {
    this.#restore();
    process.off('exit', this.#restore);
    process.off('uncaughtExceptionMonitor', this.#restore);
    process.off('SIGINT', this.#quit);
    process.off('SIGTERM', this.#quit);
    process.off('SIGHUP', this.#quit);
    process.off('SIGTSTP', this.#suspend);
    process.off('SIGCONT', this.#resume);
    this.#output.off('resize', this.#redraw);
    this.#output.off('error', this.#quit);
    this.#input?.off('data', this.#read);
    this.#input?.off('end', this.#quit);
    this.#input?.pause();
  }

  get size(): { readonly width: number; readonly height: number } {
    // Some terminals claim to have no size before they are shown.
    return { width: this.#output.columns || 80, height: this.#output.rows || 24 };
  }

  /** Rewrites the lines that differ from what is shown. A terminal that cannot keep up misses frames. */
  draw(lines: readonly string[]): void {
    if (!this.#isOpen || this.#output.writableNeedDrain) return;
    const changes = lines
      .map((line, row) => (line === this.#shown[row] ? '' : this.#rewrite(line, row)))
      .join('');
    this.#shown = lines;
    if (changes !== '') this.#output.write(BEGIN_FRAME + changes + END_FRAME);
  }

  /** Erases to the right of the line only where something is left: at the edge it would erase the last character. */
  #rewrite(line: string, row: number): string {
    const erase = width(line) < this.size.width ? '\u001b[K' : '';
    return `\u001b[${row + 1};1H${line}\u001b[0m${erase}`;
  }

  /** Forgets what is shown, so that the next frame is drawn whole. */
  clear(): void {
    this.#shown = [];
    if (this.#isOpen) this.#output.write('\u001b[2J');
  }

  #take(): void {
    this.#isOpen = true;
    this.#shown = [];
    this.#input?.setRawMode(true);
    this.#input?.resume();
    this.#output.write(ENTER);
  }

  /** Synchronous and without failing: it also runs while the process ends or crashes. */
  readonly #restore = (): void => {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    try {
      writeSync(this.#output.fd, LEAVE);
      this.#input?.setRawMode(false);
    } catch {
      // The terminal is gone; there is nothing left to restore.
    }
  };

  readonly #quit = (): void => this.#handlers.onQuit();

  readonly #redraw = (): void => {
    this.clear();
    this.#handlers.onRedraw();
  };

  readonly #read = (data: Buffer): void => {
    for (const key of decodeKeys(data.toString('utf8'))) {
      if (key === 'ctrl-z') this.#suspend();
      else if (key === 'ctrl-l') this.#redraw();
      else if (key === 'ctrl-c') this.#handlers.onQuit();
      else this.#handlers.onKey(key);
    }
  };

  /** Gives the terminal back, then stops the whole job as the shell expects of Ctrl-Z. */
  readonly #suspend = (): void => {
    this.#restore();
    process.off('SIGTSTP', this.#suspend);
    process.kill(0, 'SIGTSTP');
  };

  readonly #resume = (): void => {
    if (this.#isOpen) return;
    process.on('SIGTSTP', this.#suspend);
    this.#take();
    this.#handlers.onRedraw();
  };
}
