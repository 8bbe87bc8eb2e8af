import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { waitFor } from '../kit/wait-for.ts';

const CHILD = join(import.meta.dirname, 'history-recording-child.ts');

/** A process of its own that records into a directory until it is killed. */
export class RecorderProcess {
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown>;
  #said = '';
  #complained = '';

  constructor(directory: string, firstNumber: number) {
    const args = ['--import', 'tsx', CHILD, directory, String(firstNumber)];
    this.#child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child.stdout!.on('data', (data: Buffer) => (this.#said += data.toString()));
    this.#child.stderr!.on('data', (data: Buffer) => (this.#complained += data.toString()));
    this.#closed = once(this.#child, 'close');
  }

  get pid(): number {
    return this.#child.pid!;
  }

  /** Ticks that it says it has recorded, with the time when it said so. */
  get ticks(): { readonly number: number; readonly atMs: number }[] {
    const lines = this.#said.split('\n').slice(0, -1);
    return lines.map((line) => ({ number: Number(line.split(' ')[0]), atMs: Number(line.split(' ')[1]) }));
  }

  async until(condition: () => boolean, what: string): Promise<void> {
    const check = (): boolean => {
      if (this.#child.exitCode !== null) throw new Error(`the recorder ended: ${this.#complained}`);
      return condition();
    };
    await waitFor(check, { what, timeoutMs: 60_000 });
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#closed;
  }
}
