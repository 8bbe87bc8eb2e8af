import type { History } from '../history/history.ts';

export interface MaintenanceOptions {
  readonly history: History;
  readonly now: () => number;
  readonly log: (line: string) => void;
  /** From the end of one run to the start of the next. */
  readonly intervalMs?: number;
  readonly firstAfterMs?: number;
}

const INTERVAL_MS = 300_000;
/** Soon after the start, since a process that is often restarted would never get to it otherwise. */
const FIRST_AFTER_MS = 10_000;

/** Lets the history roll up and drop what is too old, now and then, never twice at once. */
export function startMaintenance(options: MaintenanceOptions): { stop(): Promise<void> } {
  const { history, now, log, intervalMs = INTERVAL_MS, firstAfterMs = FIRST_AFTER_MS } = options;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  let stopped = false;

  const run = async (): Promise<void> => {
    try {
      const { droppedDays } = await history.maintain(now());
      if (droppedDays > 0) log(`dropped ${droppedDays} day(s) of history that are older than the retention`);
    } catch (error) {
      log(`maintaining the history failed: ${error instanceof Error ? error.message : String(error)}`);
    }
    schedule(intervalMs);
  };
  const schedule = (delayMs: number): void => {
    if (stopped) return;
    timer = setTimeout(() => {
      running = run();
    }, delayMs);
  };
  schedule(firstAfterMs);

  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
