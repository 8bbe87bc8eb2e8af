import { settingsStep } from './capacity-settings.ts';

/** How settings get to the server. */
export interface SettingsPath {
  /** Writes them for a step of capacity. */
  write(stepAcu: number): Promise<void>;
  /** Tells the server to read them. */
  reload(): void;
  /** Resolves when sessions work by them, or nobody can be asked. Raises SETTING_REFUSED. */
  confirm(stepAcu: number, given: AbortSignal): Promise<void>;
}

/**
 * Brings settings to the step of a capacity, one reload at a time. Who asks while one is under way gets the newest
 * step in one go after it.
 */
export class SettingsWriter {
  readonly #path: SettingsPath;
  readonly #onFailure: (error: unknown) => void;
  #isClosed = false;
  #asking = new AbortController();
  #stepAcu: number;
  #writtenAcu: number;
  #wantedAcu: number;
  #running: Promise<void> | null = null;
  #isHeld = false;

  constructor(path: SettingsPath, stepAcu: number, onFailure: (error: unknown) => void) {
    this.#path = path;
    this.#stepAcu = stepAcu;
    this.#writtenAcu = stepAcu;
    this.#wantedAcu = stepAcu;
    this.#onFailure = onFailure;
  }

  /** The step that the server works by, as far as it could be asked. */
  get stepAcu(): number {
    return this.#stepAcu;
  }

  /** The highest step that the server may work by, one that is on its way included. */
  get highestAcu(): number {
    return Math.max(this.#stepAcu, this.#writtenAcu);
  }

  /** In the background. A failure is told to `onFailure`, and the next call tries again. */
  want(acu: number): void {
    this.set(acu).catch(this.#onFailure);
  }

  /** Resolves when it is done. Raises SETTING_REFUSED and what writing a file raises. */
  async set(acu: number): Promise<void> {
    const wantedAcu = settingsStep(acu);
    // Whether a step has arrived is of no interest once another one is wanted.
    if (wantedAcu !== this.#wantedAcu) this.#asking.abort();
    this.#wantedAcu = wantedAcu;
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
    });
    await this.#running;
  }

  /** The same step once more, as after a change of what it is computed from. */
  async again(): Promise<void> {
    await this.#running?.catch(() => {});
    await this.#path.write(this.#wantedAcu);
    this.#path.reload();
  }

  /** The server is asleep: what is wanted from now on waits for `release`. Resolves when nothing is under way. */
  async hold(): Promise<void> {
    this.#isHeld = true;
    this.#asking.abort();
    await this.#running?.catch(() => {});
  }

  release(): void {
    this.#isHeld = false;
    this.want(this.#wantedAcu);
  }

  /** Nothing is confirmed any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#asking.abort();
    await this.#running?.catch(() => {});
  }

  async #run(): Promise<void> {
    while (this.#wantedAcu !== this.#stepAcu && !this.#isClosed && !this.#isHeld) {
      const stepAcu = this.#wantedAcu;
      this.#asking = new AbortController();
      this.#writtenAcu = stepAcu;
      await this.#path.write(stepAcu);
      this.#path.reload();
      await this.#path.confirm(stepAcu, this.#asking.signal);
      this.#stepAcu = stepAcu;
    }
  }
}
