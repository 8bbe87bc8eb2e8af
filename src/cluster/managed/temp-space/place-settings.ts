import type { ServerRun } from '../server-run.ts';
import type { TempPlace } from './model.ts';
import { heardOf } from './tablespace.ts';
import { renderTempSettings } from './temp-settings.ts';

/** What temp.conf says, and the server by it. */
export class PlaceSettings {
  readonly #writeFile: (text: string) => Promise<void>;
  /** Null where that is not known. */
  #written: string | null = null;

  constructor(writeFile: (text: string) => Promise<void>) {
    this.#writeFile = writeFile;
  }

  /** Whether the file says what this version wrote. */
  get isKnown(): boolean {
    return this.#written !== null;
  }

  /** Somebody may have changed the file. */
  forget(): void {
    this.#written = null;
  }

  /** For a server that does not run. False where the file says so already. */
  async write(place: TempPlace, limitBytes: number): Promise<boolean> {
    const text = renderTempSettings(place, limitBytes);
    if (text === this.#written) return false;
    await this.#writeFile(text);
    this.#written = text;
    return true;
  }

  /** Resolves when sessions have heard of it, or nobody can be asked. */
  async tell(place: TempPlace, limitBytes: number, run: ServerRun): Promise<void> {
    if (!(await this.write(place, limitBytes))) return;
    run.process.signal('SIGHUP');
    await heardOf(run.session, place);
  }
}
