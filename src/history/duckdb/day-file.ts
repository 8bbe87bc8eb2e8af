import type { StoreFile } from './attach.ts';
import type { Session } from './database.ts';
import { dayName, hourOf, HOURS_PER_DAY } from './day.ts';
import { Dictionary } from './dictionary.ts';
import { encodeBatch } from './encode.ts';
import type { DayBatch } from './pending.ts';
import { type DayContents, planRollups } from './plan.ts';
import { rollUp, type RollupsDone, undoRollups } from './rollup.ts';
import { DAY_TABLES } from './schema.ts';

/** One attached day, and what is known of it by heart. A failed write leaves it stale: attach the file anew. */
export class DayFile implements DayContents, StoreFile {
  readonly dayMs: number;
  readonly path: string;
  readonly catalog: string;
  readonly tables = DAY_TABLES;
  readonly rolledHours = new Set<number>();
  readonly rolledFives = new Set<number>();
  readonly targetIds = new Map<string, number>();
  #dictionary: Dictionary | null = null;
  #sequence = 0;
  #valueCount = 0;

  constructor(dayMs: number, path: string) {
    this.dayMs = dayMs;
    this.path = path;
    this.catalog = `day_${dayName(dayMs).replaceAll('-', '_').replace(/\W/, 'x')}`;
  }

  /** How many texts there are at most. */
  get valueCount(): number {
    return this.#dictionary?.valueCount ?? this.#valueCount;
  }

  get isDayRolled(): boolean {
    return this.rolledHours.has(HOURS_PER_DAY);
  }

  async load(session: Session): Promise<void> {
    const [ids, names] = await session.columns(`SELECT id, name FROM ${this.catalog}.target`);
    names!.forEach((name, row) => this.targetIds.set(name as string, ids![row] as number));
    const [hours] = await session.columns(`SELECT hour FROM ${this.catalog}.rolled`);
    for (const hour of hours!) this.rolledHours.add(hour as number);
    for (const hour of await this.#readFives(session)) this.rolledFives.add(hour);
    const [[sequence]] = (await session.columns(
      `SELECT CAST(GREATEST((SELECT COALESCE(MAX(seq), 0) FROM ${this.catalog}.event),
        (SELECT COALESCE(MAX(seq), 0) FROM ${this.catalog}.decision)) AS DOUBLE)`,
    )) as [[number]];
    this.#sequence = sequence;
    const [[valueCount]] = (await session.columns(
      `SELECT COALESCE(MAX(id), 0) FROM ${this.catalog}.value`,
    )) as [[number]];
    this.#valueCount = valueCount;
  }

  /** A file of an earlier version has no table of them. */
  async #readFives(session: Session): Promise<number[]> {
    const [tables] = await session.columns(
      `SELECT table_name FROM information_schema.tables WHERE table_catalog = ? AND table_name = 'rolled_five'`,
      [this.catalog],
    );
    if (tables!.length === 0) return [];
    const [hours] = await session.columns(`SELECT hour FROM ${this.catalog}.rolled_five`);
    return hours as number[];
  }

  /** Hours whose rollups the batch would make wrong. */
  outdatedHours(batch: DayBatch): number[] {
    if (this.rolledHours.size === 0) return [];
    const hours = new Set(batch.ticks.map(({ entry }) => hourOf(entry.atMs - this.dayMs)));
    return [...hours].filter((hour) => this.rolledHours.has(hour));
  }

  /** Writes the batch in one transaction. */
  async write(session: Session, batch: DayBatch): Promise<void> {
    this.#dictionary ??= await Dictionary.load(session, this.catalog);
    const dictionary = this.#dictionary;
    const newTargets: [ids: number[], names: string[]] = [[], []];
    const targetId = (name: string): number => {
      const known = this.targetIds.get(name);
      if (known !== undefined) return known;
      const id = this.targetIds.size + 1;
      this.targetIds.set(name, id);
      newTargets[0].push(id);
      newTargets[1].push(name);
      return id;
    };
    const tables = encodeBatch(batch, {
      dayMs: this.dayMs,
      dictionary,
      targetId,
      nextSequence: () => ++this.#sequence,
    });
    const outdated = this.outdatedHours(batch);
    await session.transaction(async () => {
      if (outdated.length > 0) await undoRollups(session, this.catalog, this, outdated);
      for (const [table, columns] of Object.entries({
        target: newTargets,
        ...dictionary.takeNew(),
        ...tables,
      }))
        await session.append(this.catalog, table, columns);
    });
    for (const hour of outdated) {
      this.rolledHours.delete(hour);
      this.rolledFives.delete(hour);
    }
    if (outdated.length > 0) this.rolledHours.delete(HOURS_PER_DAY);
  }

  /**
   * Rolls up the hours that are over at `nowMs`, and makes up for at most `mostBelated` hours without five minutes.
   * Nobody reads the rollups before `adopt`.
   */
  async rollUp(session: Session, nowMs: number, mostBelated: number): Promise<RollupsDone> {
    return rollUp(session, this.catalog, this, planRollups(this, nowMs, mostBelated));
  }

  /** Not while somebody reads: a state of the data from before the rollups does not hold them. */
  adopt({ rolledHours, rolledFives }: RollupsDone): void {
    for (const hour of rolledHours) this.rolledHours.add(hour);
    for (const hour of rolledFives) this.rolledFives.add(hour);
  }

  /** Frees the memory of a day that is seldom written to. */
  forgetDictionary(): void {
    this.#valueCount = this.valueCount;
    this.#dictionary = null;
  }
}
