import { STATEMENT_METRICS, statementCounters } from './sql/counters.ts';
import type { Link, Statement } from './link.ts';
import type { StatementCatalog } from './statement-catalog.ts';
import type { Counter } from '../engine.ts';

/**
 * Figures of pg_stat_statements by digest. Several of its entries can be one digest, and entries come and go, so
 * their advances are summed up here: each counter starts at 0 with the connection and only grows.
 */
export class StatementCounters {
  readonly #link: Link;
  readonly #catalog: StatementCatalog;
  readonly #statement: Statement;
  readonly #lastByKey = new Map<string, readonly number[]>();
  readonly #totals = new Map<string, number[]>();

  constructor(link: Link, catalog: StatementCatalog, schema: string) {
    this.#link = link;
    this.#catalog = catalog;
    this.#statement = statementCounters(schema);
  }

  async read(): Promise<readonly Counter[]> {
    const known = this.#catalog.knownKeys();
    const rows = (await this.#link.run(this.#statement, [known])) as [string, ...number[]][];
    const told = new Set<string>();
    for (const [key, ...values] of rows) {
      const sqlId = this.#catalog.digestIdOf(key);
      if (!sqlId) continue;
      this.#add(sqlId, key, values);
      told.add(sqlId);
    }
    this.#forgetBut(new Set(known));
    return [...told].flatMap((sqlId) => countersOf(sqlId, this.#totals.get(sqlId) ?? []));
  }

  #add(sqlId: string, key: string, values: readonly number[]): void {
    const last = this.#lastByKey.get(key);
    const totals = this.#totals.get(sqlId) ?? values.map(() => 0);
    // What was counted before the first look is not ours; an entry that was evicted starts from 0 again.
    if (last) values.forEach((value, i) => (totals[i] = (totals[i] ?? 0) + advance(last[i] ?? 0, value)));
    this.#totals.set(sqlId, totals);
    this.#lastByKey.set(key, values);
  }

  #forgetBut(known: ReadonlySet<string>): void {
    for (const key of this.#lastByKey.keys()) if (!known.has(key)) this.#lastByKey.delete(key);
  }
}

function advance(last: number, value: number): number {
  return value >= last ? value - last : value;
}

function countersOf(sqlId: string, totals: readonly number[]): Counter[] {
  return STATEMENT_METRICS.map((column, i) => ({
    metric: `pg_stat_statements.${column}`,
    key: sqlId,
    value: totals[i] ?? 0,
    kind: 'counter',
  }));
}
