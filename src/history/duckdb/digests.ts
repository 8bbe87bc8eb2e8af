import { join } from 'node:path';
import type { SqlDigest } from '../../load/model.ts';
import type { StoreFile } from './attach.ts';
import type { Session } from './database.ts';
import { placeholders } from './dialect.ts';
import { LASTING_TABLES } from './schema.ts';

/** Ids asked for in one statement. */
const IDS_AT_ONCE = 1000;

const CATALOG = 'lasting';

/** The file of what outlives the days. */
export function lastingFile(directory: string): StoreFile {
  return { path: join(directory, 'airglow.duckdb'), catalog: CATALOG, tables: LASTING_TABLES };
}

/** Adds new digests; a whole text takes the place of a cut one. */
export async function writeDigests(session: Session, digests: readonly SqlDigest[]): Promise<void> {
  await session.transaction(async () => {
    for (const { id, text, truncated } of digests)
      await session.run(
        `INSERT INTO ${CATALOG}.digest VALUES (?, ?, ? = 1) ON CONFLICT (id) DO UPDATE
         SET text = EXCLUDED.text, truncated = FALSE WHERE digest.truncated AND NOT EXCLUDED.truncated`,
        [id, text, truncated ? 1 : 0],
      );
  });
}

/** In the order asked for; unknown ones are left out. */
export async function readDigests(session: Session, ids: readonly string[]): Promise<SqlDigest[]> {
  const wanted = [...new Set(ids)];
  const found = new Map<string, SqlDigest>();
  for (let from = 0; from < wanted.length; from += IDS_AT_ONCE) {
    const some = wanted.slice(from, from + IDS_AT_ONCE);
    const [foundIds, texts, cuts] = (await session.columns(
      `SELECT id, text, truncated FROM ${CATALOG}.digest WHERE id IN (${placeholders(some.length)})`,
      some,
    )) as [string[], string[], boolean[]];
    foundIds.forEach((id, row) => found.set(id, { id, text: texts[row]!, truncated: cuts[row]! }));
  }
  return wanted.flatMap((id) => found.get(id) ?? []);
}
