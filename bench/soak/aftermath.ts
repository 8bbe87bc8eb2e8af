import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { hasLimits, openLimits } from '../../src/kernel/limits/open-limits.ts';
import { processesWorkingIn } from '../../src/kernel/process-list.ts';
import { waitFor } from '../../test/kit/wait-for.ts';
import { NAME } from './daemon-messages.ts';
import type { Ledger } from './ledger.ts';
import type { SoakDaemon } from './soak-daemon.ts';

/** Holds the table against what clients were told; each line is something wrong. */
export async function checkRows(url: string, ledger: Ledger): Promise<string[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  const { rows } = await client.query<{ id: number }>('select id from kept');
  await client.end();
  const { lost, risen } = ledger.compare(rows.map(({ id }) => id));
  return [
    ...(lost.length > 0 ? [`${lost.length} committed rows are lost: ${lost.slice(0, 10).join(', ')}`] : []),
    ...(risen.length > 0 ? [`${risen.length} rows are there that were taken back: ${risen.join(', ')}`] : []),
    ...(new Set(rows.map(({ id }) => id)).size === rows.length ? [] : ['rows are there twice']),
  ];
}

/** Stops and deletes the database, and looks for what is left; each line is something wrong. */
export async function endAndCheck(daemon: SoakDaemon, stateDir: string, id: string): Promise<string[]> {
  const wrong: string[] = [];
  const limits = await openLimits();
  if (!hasLimits(limits)) throw new Error(limits.reason);
  await daemon.stopDatabase();
  const group = await limits.open(id);
  if (group.isFrozen()) wrong.push('the group of the stopped database is frozen');
  if (group.pids().length > 0)
    wrong.push(`processes of the stopped database are left: ${group.pids().join()}`);
  await daemon.end();
  const dataDir = join(stateDir, 'clusters', NAME, 'data');
  const workers = await processesWorkingIn(dataDir);
  if (workers.length > 0) wrong.push(`processes work in the deleted folder: ${workers.join(', ')}`);
  if ((await limits.list()).includes(id)) wrong.push('its control groups are left');
  const folders = readdirSync(join(stateDir, 'clusters'));
  if (folders.length > 0) wrong.push(`folders are left: ${folders.join(', ')}`);
  // Having nothing to look after it ends by itself, some seconds later.
  await waitFor(() => daemon.sentinelPid === null, { what: 'the end of the sentinel' }).catch(() => {
    wrong.push('the sentinel has not ended');
  });
  return wrong;
}
