import type { RunAs } from '../../run-as.ts';
import { removeFolders } from './temp-folders.ts';
import { homeFolders } from './temp-layout.ts';
import { readRecord } from './temp-record.ts';

/** When a database is deleted: what it has on local storage goes, too. What is beside the data goes with its folder. */
export async function removeTempSpace(clusterPath: string, id: string, runAs: RunAs | null): Promise<void> {
  const home = homeFolders(clusterPath);
  await removeFolders(home, await readRecord(home.recordFile), id, runAs).catch(() => {});
}
