import { AdminSession } from '../admin-session.ts';
import { PLACE_SETTING, TABLESPACE } from './temp-layout.ts';
import type { TempPlace } from './model.ts';
import { setTimeout as sleep } from 'node:timers/promises';

const ANSWER_TIMEOUT_MS = 10_000;
/** A checkpoint of a busy server takes its time. */
const PATIENCE_MS = 600_000;
const CONFIRM_MS = 2_000;
const CONFIRM_POLL_MS = 20;

/** Whatever the user has set for all sessions: ours do what they are for. */
const OPTIONS =
  '-c track_activities=off -c statement_timeout=0 -c lock_timeout=2s -c default_transaction_read_only=off -c search_path=';

/** A session of its own for a piece of work, with a database. */
export async function withSession<T>(
  adminUrl: string,
  database: string,
  work: (session: AdminSession) => Promise<T>,
): Promise<T> {
  const url = new URL(adminUrl);
  url.pathname = `/${encodeURIComponent(database)}`;
  url.searchParams.delete('options');
  // Blanks as %20: a plus would stay one.
  const address = `${url.href}&options=${encodeURIComponent(OPTIONS)}`;
  const session = new AdminSession(
    () => address,
    async () => {},
  );
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}

/** What the server has of ours. Raises what `pg` does. */
export async function readTablespace(
  session: AdminSession,
): Promise<{ readonly exists: boolean; readonly versionFolder: string }> {
  const [row] = await session.ask<{ exists: boolean; folder: string }>(
    `select exists (select from pg_catalog.pg_tablespace where spcname = '${TABLESPACE}') as exists,
      'PG_' || pg_catalog.current_setting('server_version_num')::int / 10000 || '_' || catalog_version_no as folder
      from pg_catalog.pg_control_system()`,
    ANSWER_TIMEOUT_MS,
  );
  return { exists: row?.exists ?? false, versionFolder: row?.folder ?? '' };
}

/**
 * The location must be empty. Returns when a crash cannot bring the statement back: a server that has to repeat it and
 * finds no folder does not start.
 */
export async function createTablespace(adminUrl: string, location: string): Promise<void> {
  await withSession(adminUrl, 'postgres', async (session) => {
    await session.ask(
      `create tablespace ${TABLESPACE} location '${location.replaceAll("'", "''")}'`,
      PATIENCE_MS,
    );
    await session.ask('checkpoint', PATIENCE_MS);
  });
}

/**
 * Who has temporary objects needs the right to create in it. It allows permanent ones as well, so these are looked for
 * and moved out. An event trigger that forbids them would be in every dump of the user's, once for each database.
 */
export async function grantTablespace(adminUrl: string): Promise<void> {
  await withSession(adminUrl, 'postgres', (session) =>
    session.ask(`grant create on tablespace ${TABLESPACE} to public`, ANSWER_TIMEOUT_MS),
  );
}

/**
 * False where something is in it still. Costs a checkpoint in any case: a server that has to repeat what it did in there
 * would look for the location.
 */
export async function dropTablespace(adminUrl: string): Promise<boolean> {
  return withSession(adminUrl, 'postgres', async (session) => {
    try {
      await session.ask(`drop tablespace if exists ${TABLESPACE}`, PATIENCE_MS);
      await session.ask('checkpoint', PATIENCE_MS);
      return true;
    } catch (error) {
      // Not empty; other objects depend on it.
      if (['55000', '2BP01'].includes(sqlState(error))) return false;
      throw error;
    }
  });
}

export async function checkpoint(adminUrl: string): Promise<void> {
  await withSession(adminUrl, 'postgres', (session) => session.ask('checkpoint', PATIENCE_MS));
}

/**
 * When the server was started, wall clock; 0 while there are prepared transactions, whose objects no catalog knows though
 * they are from before.
 */
export async function startedAtMs(session: AdminSession): Promise<number> {
  const [row] = await session.ask<{ ms: number }>(
    `select case when exists (select from pg_catalog.pg_prepared_xacts) then 0
      else (extract(epoch from pg_catalog.pg_postmaster_start_time()) * 1000)::float8 end as ms`,
    ANSWER_TIMEOUT_MS,
  );
  return row?.ms ?? 0;
}

/** After a reload: resolves when sessions have heard of the place, or nobody can be asked. */
export async function heardOf(session: AdminSession, place: TempPlace): Promise<void> {
  const patienceEndsAt = performance.now() + CONFIRM_MS;
  const sql = `select pg_catalog.current_setting('${PLACE_SETTING}', true) as place`;
  while (performance.now() < patienceEndsAt) {
    const rows = await session.ask<{ place: string | null }>(sql, CONFIRM_MS).catch(() => null);
    if (rows === null || rows[0]?.place === place) return;
    await sleep(CONFIRM_POLL_MS);
  }
}

/** Bytes of sorts and hashes beside the data. Raises what `pg` does. */
export async function spilledBytes(session: AdminSession): Promise<number> {
  const [row] = await session.ask<{ bytes: string }>(
    'select coalesce(pg_catalog.sum(size), 0) as bytes from pg_catalog.pg_ls_tmpdir()',
    ANSWER_TIMEOUT_MS,
  );
  return Number(row?.bytes ?? 0);
}

function sqlState(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
