import type { ClusterSpec } from './model.ts';
import type { ServerRun } from './server-run.ts';

const TIMEOUT_MS = 3_000;
const SQL = `select name, setting, pending_restart as "isPending" from pg_catalog.pg_settings
  where pending_restart or name = 'listen_addresses'`;

interface Row {
  readonly name: string;
  readonly setting: string;
  readonly isPending: boolean;
}

/** Names of settings that a restart would change; `server_version` where another minor version is installed. */
export async function pendingRestart(
  run: ServerRun,
  spec: ClusterSpec,
  pendingVersion: string | null,
): Promise<readonly string[]> {
  const rows = await run.session.ask<Row>(SQL, TIMEOUT_MS).catch((): Row[] => []);
  const names = rows
    // This one stands on the command line, where the server does not see a change of it.
    .filter(
      ({ name, setting, isPending }) =>
        isPending || (name === 'listen_addresses' && setting !== spec.network.listen),
    )
    .map(({ name }) => name);
  return [...names, ...(pendingVersion !== null ? ['server_version'] : [])].toSorted();
}
