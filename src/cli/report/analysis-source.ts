import { join } from 'node:path';
import { stat } from 'node:fs/promises';
import type { AnalysisAnswer } from '../../api/analysis-answers.ts';
import type { WindowRequest } from '../../api/client.ts';
import type { RunningDaemon } from '../../daemon/running-daemon.ts';
import { AirglowError } from '../../errors.ts';

/** Where analyses come from: a running daemon, or the record that one has left. */
export interface AnalysisSource {
  readonly targets: readonly string[];
  /** Null where nothing runs: then there is no dashboard. */
  readonly daemon: RunningDaemon | null;
  analyse(target: string, window: WindowRequest): Promise<AnalysisAnswer>;
  close(): Promise<void>;
}

/** One of these, or what is usual where neither was named. */
export interface Folders {
  /** Of `airglow up`. */
  readonly state: string;
  /** Of `airglow watch`. */
  readonly data: string;
  readonly named: 'state' | 'data' | null;
}

/** Asks a daemon before it reads the record itself. Raises DAEMON_NOT_RUNNING where there is neither, STORE_LOCKED. */
export async function openAnalysisSource(folders: Folders): Promise<AnalysisSource> {
  const { findDaemon } = await import('../../daemon/running-daemon.ts');
  const { state, data, named } = folders;
  const searched = named === null ? [state, data] : [folders[named]];
  for (const folder of searched) {
    const daemon = await findDaemon(folder);
    if (daemon !== null) return await askDaemon(daemon);
  }
  for (const folder of searched) if (await holdsRecord(folder)) return await readRecord(folder);
  throw new AirglowError(
    'DAEMON_NOT_RUNNING',
    `no airglow runs with ${searched.join(' or ')}, and no record is there: start airglow up or airglow watch, ` +
      'or name its folder with --state (airglow up) or --data (airglow watch)',
  );
}

async function askDaemon(daemon: RunningDaemon): Promise<AnalysisSource> {
  const { ApiClient } = await import('../../api/client.ts');
  const client = new ApiClient({ url: daemon.url, token: daemon.token });
  const { targets } = await client.targets();
  return {
    targets: targets.map(({ target }) => target),
    daemon,
    analyse: client.analysis,
    close: async () => {},
  };
}

async function holdsRecord(folder: string): Promise<boolean> {
  return await stat(join(folder, 'history')).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/** The same API over the record alone; nobody else is asked, and nothing listens. */
async function readRecord(folder: string): Promise<AnalysisSource> {
  const { openRecordedHistory } = await import('../plan/recorded-history.ts');
  const { answerFromRecord } = await import('./record-api.ts');
  const history = await openRecordedHistory(folder);
  return {
    targets: (await history.targets()).map(({ target }) => target),
    daemon: null,
    analyse: (target, window) => answerFromRecord(history, target, window),
    close: () => history.close(),
  };
}
