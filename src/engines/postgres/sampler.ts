import { databaseOf, roleOf, statementOf, toSession } from './session-rows.ts';
import { sampleStatement } from './sql/sample.ts';
import type { SessionRow } from './session-rows.ts';
import type { ActivityTraits } from './sql/sample.ts';
import type { Link, Statement } from './link.ts';
import type { NameCache } from './name-cache.ts';
import type { StatementCatalog } from './statement-catalog.ts';
import type { EngineSample, SampleRequest } from '../engine.ts';

/** Observes all sessions with one statement; a second one only when a name or a whole text is missing. */
export class Sampler {
  readonly #link: Link;
  readonly #names: NameCache;
  readonly #catalog: StatementCatalog;
  readonly #statement: Statement;
  #ticks = 0;

  constructor(link: Link, names: NameCache, catalog: StatementCatalog, traits: ActivityTraits) {
    this.#link = link;
    this.#names = names;
    this.#catalog = catalog;
    this.#statement = sampleStatement(traits);
  }

  async sample({ alsoPids, thinning }: SampleRequest): Promise<EngineSample> {
    const parts = Math.max(1, Math.floor(thinning));
    const part = this.#ticks % parts;
    this.#ticks += 1;
    const answer = await this.#link.run(this.#statement, [alsoPids, parts, part, this.#catalog.knownKeys()]);
    const [total, hidden, activeTimeMs, rows] = answer[0] as [string, string, number | null, SessionRow[]];
    await this.#names.learn(rows.map(databaseOf), rows.map(roleOf));
    await this.#catalog.learn(rows.map(statementOf), performance.now());
    return {
      sessions: this.#sessions(rows),
      totalSessions: Number(total),
      hiddenSessions: Number(hidden),
      activeTimeMs,
      newDigests: this.#catalog.takeUnreported(),
    };
  }

  #sessions(rows: readonly SessionRow[]): EngineSample['sessions'] {
    const sqlIds = new Map<number, string>();
    for (const row of rows) sqlIds.set(row[0], this.#sqlIdOf(row));
    return rows.map((row) => {
      const [pid, , leaderPid] = row;
      const sqlId = (leaderPid !== null && sqlIds.get(leaderPid)) || sqlIds.get(pid) || '';
      return toSession(row, sqlId, this.#names);
    });
  }

  #sqlIdOf(row: SessionRow): string {
    const [key] = statementOf(row);
    return (key !== null && this.#catalog.digestIdOf(key)) || '';
  }
}
