import type { History } from '../history/history.ts';
import { startMaintenance } from './maintenance.ts';
import type { openHistory } from './open-history.ts';
import { Recorder } from './recorder.ts';
import type { ShutdownSteps } from './shutdown-steps.ts';

export interface RecordingOptions {
  /** Null keeps the record in memory. */
  readonly dataDir: string | null;
  readonly retentionDays: number;
  readonly openHistory: typeof openHistory;
  readonly log: (line: string) => void;
}

export interface Recording {
  readonly history: History;
  readonly recorder: Recorder;
}

/** The history with its maintenance, and the recorder that fills it. Raises STORE_LOCKED, STORE_CORRUPT. */
export async function startRecording(options: RecordingOptions, shutdown: ShutdownSteps): Promise<Recording> {
  const { dataDir, retentionDays, log } = options;
  const history = await options.openHistory({ dataDir, retentionDays });
  shutdown.add('closing the history', () => history.close());
  const maintenance = startMaintenance({ history, now: Date.now, log });
  shutdown.add('stopping the maintenance', () => maintenance.stop());
  const recorder = new Recorder({ history, log });
  shutdown.add('recording what is under way', () => recorder.stop());
  return { history, recorder };
}
