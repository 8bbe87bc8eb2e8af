import { digestSql } from './digest/digest.ts';
import { RecentMap } from './recent-map.ts';
import { statementTexts } from './sql/counters.ts';
import type { Link } from './link.ts';
import type { SqlDigest } from '../../load/model.ts';

/** What the server tells of a statement: key, text if the key is new to us, its query id then, and whether it may be cut. */
export type StatementRow = readonly [
  key: string | null,
  text: string | null,
  queryId: string | null,
  mayBeCut: boolean | null,
];

const KEYS_MAX = 500;
const DIGESTS_MAX = 20_000;
/** Looking up whole texts may take this share of the time at most: the server reads its whole file for it. */
const LOOKUP_SHARE = 0.02;

/** Which statement a key means. Texts are digested as they come and never kept. */
export class StatementCatalog {
  readonly #link: Link;
  readonly #statementsSchema: string | null;
  readonly #digestIds = new RecentMap<string, string>(KEYS_MAX);
  readonly #reported = new RecentMap<string, true>(DIGESTS_MAX);
  #unreported: SqlDigest[] = [];
  #noLookupUntil = 0;

  constructor(link: Link, statementsSchema: string | null) {
    this.#link = link;
    this.#statementsSchema = statementsSchema;
  }

  /** Keys whose texts the server need not send. */
  knownKeys(): string[] {
    return this.#digestIds.keys();
  }

  digestIdOf(key: string): string | undefined {
    return this.#digestIds.get(key);
  }

  /** Takes in new texts. Where the server cut one, pg_stat_statements may have it whole. */
  async learn(rows: readonly StatementRow[], nowMs: number): Promise<void> {
    const fresh = new Map<string, StatementRow>();
    for (const row of rows)
      if (row[0] !== null && row[1] !== null && !fresh.has(row[0])) fresh.set(row[0], row);
    const cut = [...fresh.values()].flatMap(([, , queryId, mayBeCut]) =>
      mayBeCut && queryId ? [queryId] : [],
    );
    const whole = cut.length > 0 ? await this.#wholeTexts(cut, nowMs) : NOTHING;
    for (const [key, [, text, queryId, mayBeCut]] of fresh) {
      const wholeText = whole.get(queryId ?? '');
      const digest =
        wholeText === undefined ? digestSql(text ?? '', mayBeCut ?? false) : digestSql(wholeText);
      this.#digestIds.set(key, digest.id);
      this.#report(digest);
    }
  }

  /** The digests of which nobody was told yet. */
  takeUnreported(): readonly SqlDigest[] {
    const digests = this.#unreported;
    this.#unreported = [];
    return digests;
  }

  #report(digest: SqlDigest): void {
    if (digest.id === '' || this.#reported.get(digest.id)) return;
    this.#reported.set(digest.id, true);
    this.#unreported.push(digest);
  }

  async #wholeTexts(queryIds: readonly string[], nowMs: number): Promise<ReadonlyMap<string, string>> {
    if (this.#statementsSchema === null || nowMs < this.#noLookupUntil) return NOTHING;
    const startedMs = performance.now();
    try {
      const rows = await this.#link.run(statementTexts(this.#statementsSchema), [queryIds]);
      return new Map((rows as [string, string][]).filter(([, text]) => !text.startsWith('<')));
    } catch {
      // The beginning of the text will do; a lost connection shows at the next statement.
      return NOTHING;
    } finally {
      this.#noLookupUntil = nowMs + (performance.now() - startedMs) / LOOKUP_SHARE;
    }
  }
}

const NOTHING: ReadonlyMap<string, string> = new Map();
