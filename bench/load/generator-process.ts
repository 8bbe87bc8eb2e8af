// The load generator, a process of its own: told what to do over the channel to its parent, and ends with it.
import { setPriority } from 'node:os';
import { GroupWatch } from './group-watch.ts';
import { OpenLoop } from './open-loop.ts';
import type { FromGenerator, ToGenerator } from './plan.ts';
import { ConnectionPool } from './pool.ts';

/** The clients stand for machines of their own, so they do not queue behind the database for a processor. */
const PRIORITY = -15;

let pool: ConnectionPool | null = null;

async function obey(message: ToGenerator): Promise<void> {
  switch (message.kind) {
    case 'connect': {
      pool = new ConnectionPool(message.url);
      await pool.open(message.connections);
      return tell({ kind: 'connected' });
    }
    case 'run': {
      if (pool === null) throw new Error('not connected');
      const watch = new GroupWatch(await pool.backendPid());
      const loop = new OpenLoop(pool, message.plan, message.startAtMs);
      const result = await loop.run((progress) =>
        tell({ kind: 'progress', progress: { ...progress, cpus: watch.cpus } }),
      );
      return tell({ kind: 'done', result: { ...result, group: watch.stop() } });
    }
    case 'end': {
      await pool?.close();
      process.disconnect();
    }
  }
}

function tell(message: FromGenerator): void {
  if (process.connected) process.send?.(message);
}

try {
  setPriority(PRIORITY);
} catch {
  // Only root may.
}
process.on('message', (message: ToGenerator) => {
  obey(message).catch((error: unknown) =>
    tell({ kind: 'failed', message: error instanceof Error ? error.message : String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
