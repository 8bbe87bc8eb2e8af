import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { monotonicMs } from './plan.ts';
import type { FromGenerator, LoadPlan, LoadProgress, LoadResult, ToGenerator } from './plan.ts';

const SCRIPT = join(import.meta.dirname, 'generator-process.ts');
/** Time to draw the schedule before the first request is due. */
export const GENERATOR_LEAD_MS = 300;
const END_PATIENCE_MS = 10_000;

/** The load generator in its own process, with its connections open. */
export class Generator {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  static async connect(url: string, connections: number): Promise<Generator> {
    const child = fork(SCRIPT, [], { execArgv: ['--import', 'tsx'], serialization: 'advanced' });
    const generator = new Generator(child);
    try {
      generator.#tell({ kind: 'connect', url, connections });
      await generator.#until('connected');
      return generator;
    } catch (error) {
      child.kill('SIGKILL');
      throw error;
    }
  }

  /** Plays one load to its end. `startAtMs` of the result is its start on the clock of all processes. */
  async run(plan: LoadPlan, onProgress: (progress: LoadProgress) => void = () => {}): Promise<LoadResult> {
    this.#tell({ kind: 'run', plan, startAtMs: monotonicMs() + GENERATOR_LEAD_MS });
    const { result } = await this.#until('done', onProgress);
    return result;
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = new Promise((resolve) => this.#child.once('exit', resolve));
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), END_PATIENCE_MS);
    if (this.#child.connected) this.#tell({ kind: 'end' });
    await exited;
    clearTimeout(timer);
  }

  #tell(message: ToGenerator): void {
    this.#child.send(message);
  }

  #until<K extends FromGenerator['kind']>(
    kind: K,
    onProgress: (progress: LoadProgress) => void = () => {},
  ): Promise<Extract<FromGenerator, { kind: K }>> {
    return new Promise((resolve, reject) => {
      const settle = (act: () => void): void => {
        this.#child.off('message', onMessage);
        this.#child.off('exit', onExit);
        act();
      };
      const onMessage = (message: FromGenerator): void => {
        if (message.kind === 'progress') onProgress(message.progress);
        else if (message.kind === kind) settle(() => resolve(message as Extract<FromGenerator, { kind: K }>));
        else if (message.kind === 'failed')
          settle(() => reject(new Error(`The load generator: ${message.message}`)));
      };
      const onExit = (): void => settle(() => reject(new Error('The load generator has ended.')));
      this.#child.on('message', onMessage);
      this.#child.on('exit', onExit);
    });
  }
}
