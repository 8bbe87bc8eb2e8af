import { AirglowError } from '../../errors.ts';
import { isAreaOf } from '../../kernel/swap/swap-areas.ts';
import type { SwapArea } from '../../kernel/swap/swap-areas.ts';
import type { SwapSystem } from '../../kernel/swap/swap-system.ts';
import { lowerFences, planFences, raiseFences } from './fences.ts';
import { makeArea } from './make-area.ts';
import { readTierRecord, removeTierRecord, writeTierRecord } from './tier-file.ts';
import type { TierRecord } from './tier-file.ts';

/** The area of a file; one whose file was removed is still one. */
export function areaOf(system: SwapSystem, file: string): SwapArea | null {
  const areas = system.areas();
  return areas.find(({ path }) => path === file) ?? areas.find((area) => isAreaOf(area, file)) ?? null;
}

/** The tier as it is noted in the state folder, and the steps that change it. One step at a time; see `LocalHostTier`. */
export class TierRun {
  readonly #system: SwapSystem;
  readonly #stateDir: string;
  readonly #log: (line: string) => void;
  #record: TierRecord | null = null;
  /** Why the record cannot be read. */
  #unreadable: AirglowError | null = null;
  #refused: readonly string[] = [];
  /** What went wrong last while nobody had asked for anything. */
  #trouble: string | null = null;

  constructor(system: SwapSystem, stateDir: string, log: (line: string) => void) {
    this.#system = system;
    this.#stateDir = stateDir;
    this.#log = log;
  }

  /** Null while nothing is changed on this host. */
  get record(): TierRecord | null {
    return this.#record;
  }

  /** Why nobody knows what is changed on this host; null where that is known. */
  get unreadable(): AirglowError | null {
    return this.#unreadable;
  }

  /** How many values the kernel did not let us write. */
  get refused(): number {
    return this.#refused.length;
  }

  get suppliedBytes(): number {
    const record = this.#record;
    if (record === null || record.phase !== 'on') return 0;
    return this.#system.areas().some(({ path }) => path === record.file) ? record.sizeBytes : 0;
  }

  /** Raises STATE_CORRUPT. */
  requireReadable(): void {
    if (this.#unreadable !== null) throw this.#unreadable;
  }

  /** Why what should be on is not, and the way out, one line; null where it is. */
  async whyLost(): Promise<string | null> {
    if (this.#unreadable !== null) return this.#unreadable.message;
    if (this.#record === null) return null;
    const { file, fileBytes, phase } = this.#record;
    const area = areaOf(this.#system, file);
    const again = 'airglow host tiered-cache enable makes it anew, disable gives it up.';
    if (area?.path === file) return null;
    if (area === null) {
      const fault = await this.#system.whyNotOurs(file, fileBytes);
      const turnedOff =
        phase === 'on'
          ? 'was turned off by somebody (swapoff)'
          : `is not turned on again (${this.#trouble ?? 'not tried yet'})`;
      const why = fault ?? turnedOff;
      return `${file} ${why}. ${again}`;
    }
    return (
      `${file} was removed while in use: the kernel goes on using it until the host is started anew, and nobody can turn ` +
      `it off before. ${again}`
    );
  }

  /** Takes up what a process before us left. Never fails. */
  async resume(): Promise<void> {
    await this.#try(async () => {
      this.#record = await readTierRecord(this.#stateDir);
      const phase = this.#record?.phase;
      if (phase === 'enabling' || phase === 'disabling') {
        this.#log(`The tiered cache of this host was left half way (${phase}): it is switched off.`);
        await this.turnOff();
      } else await this.#bringBack();
      const lost = await this.whyLost();
      if (lost !== null) this.#log(`The tiered cache of this host is lost: ${lost}`);
    });
  }

  /** Raises TIER_UNAVAILABLE, with everything as it was before. */
  async turnOn(
    what: Pick<TierRecord, 'path' | 'file' | 'sizeBytes' | 'fileBytes'>,
    onProgress: (share: number) => void,
  ): Promise<void> {
    const { bootId } = this.#system;
    if (areaOf(this.#system, what.file) !== null || (await this.#system.hasFile(what.file))) {
      throw new AirglowError(
        'TIER_UNAVAILABLE',
        `There is a file ${what.file} already. If no other airglow up uses it, turn it off (swapoff) and remove it.`,
      );
    }
    await this.#note({ ...what, phase: 'enabling', bootId, values: [] });
    try {
      await makeArea(this.#system, what.file, what.fileBytes, {
        onProgress,
        beforeOn: () => this.#fence(true),
      });
      await this.#renote({ phase: 'on' });
    } catch (error) {
      await this.turnOff();
      throw error;
    }
  }

  /** Gives everything back. Raises TIER_UNAVAILABLE where the kernel does not let go of it; it is on then. */
  async turnOff(): Promise<void> {
    const record = this.#record;
    if (record === null) return;
    const { file } = record;
    // Groups that came since have inherited our value.
    const { values } = planFences(this.#system.fences(), record.values, (each) =>
      this.#system.readValue(each),
    );
    const isOfThisBoot = record.bootId === this.#system.bootId;
    await this.#renote({
      phase: 'disabling',
      values: isOfThisBoot && record.values.length > 0 ? [...values] : record.values,
    });
    const area = areaOf(this.#system, file);
    if (area?.path === file) {
      try {
        await this.#system.turnOff(file);
      } catch (error) {
        await this.#renote({ phase: 'on' });
        throw new AirglowError('TIER_UNAVAILABLE', `The tier cannot be switched off: ${messageOf(error)}`, {
          cause: error,
        });
      }
    }
    await this.#removeOurs(file);
    if (isOfThisBoot) this.#sayRefused(lowerFences(this.#system, this.#record?.values ?? []), 'given back');
    await removeTierRecord(this.#stateDir);
    this.#record = null;
    this.#refused = [];
  }

  /** Whatever size it has: a process before us may not have finished it. Somebody else's is left alone. */
  async #removeOurs(file: string): Promise<void> {
    const fault = await this.#system.whyNotOurs(file, null);
    if (fault === null) await this.#system.removeFile(file);
    else if (await this.#system.hasFile(file)) this.#log(`${file} ${fault}: it is left there.`);
  }

  /** Never fails. */
  async renew(): Promise<void> {
    await this.#try(async () => {
      const { phase, file } = this.#record ?? {};
      if (file === undefined) return;
      if (phase === 'resuming') await this.#bringBack();
      else if (phase === 'on' && areaOf(this.#system, file) !== null) await this.#fence();
    });
  }

  /** Says what went wrong, once. */
  async #try(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (error instanceof AirglowError && error.code === 'STATE_CORRUPT') this.#unreadable = error;
      const message = messageOf(error);
      if (message !== this.#trouble) this.#log(`The tiered cache of this host: ${message}`);
      this.#trouble = message;
    }
  }

  /** After a start: fences stand, and after a reboot the area is turned on again. Raises what the system raises. */
  async #bringBack(): Promise<void> {
    const record = this.#record;
    if (record === null) return;
    const { file, fileBytes, path } = record;
    // Values of the kernel's do not outlive a reboot.
    const { bootId } = this.#system;
    if (record.bootId !== bootId) await this.#renote({ phase: 'resuming', bootId, values: [] });
    const isOn = areaOf(this.#system, file) !== null;
    // What somebody turned off, and what is no file of ours, is not turned on.
    if (!isOn && (this.#record?.phase === 'on' || (await this.#system.whyNotOurs(file, fileBytes)) !== null))
      return;
    await this.#fence(this.#record?.values.length === 0);
    if (!isOn) {
      await this.#system.format(file);
      await this.#system.turnOn(file);
      this.#log(`The tiered cache of this host is on again, in ${path}.`);
    }
    if (this.#record?.phase !== 'on') await this.#renote({ phase: 'on' });
    this.#trouble = null;
  }

  /** Noted before anything is written. */
  async #fence(isFirst = false): Promise<void> {
    const record = this.#record;
    if (record === null) return;
    const read = (file: string): string | null => this.#system.readValue(file);
    const plan = planFences(this.#system.fences(), isFirst ? null : record.values, read);
    if (JSON.stringify(plan.values) !== JSON.stringify(record.values)) {
      await this.#renote({ values: [...plan.values] });
    }
    this.#refused = raiseFences(this.#system, plan.toWrite);
    if (isFirst) this.#sayRefused(this.#refused, 'set');
  }

  #sayRefused(files: readonly string[], what: string): void {
    if (files.length > 0) this.#log(`The kernel did not let these be ${what}: ${files.join(', ')}`);
  }

  async #renote(change: Partial<TierRecord>): Promise<void> {
    if (this.#record !== null) await this.#note({ ...this.#record, ...change });
  }

  async #note(record: TierRecord): Promise<void> {
    try {
      await writeTierRecord(this.#stateDir, record);
    } catch (error) {
      throw new AirglowError(
        'TIER_UNAVAILABLE',
        `Nothing is changed, since it cannot be noted in ${this.#stateDir}: ${messageOf(error)}. Free some room there.`,
        { cause: error },
      );
    }
    this.#record = record;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
