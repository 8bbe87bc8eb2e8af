import { startPostgres } from '../cluster/server.ts';
import type { RunningPostgres } from '../cluster/server.ts';

/** A PostgreSQL of its own for the demo, in a temporary folder that `stop()` removes. Raises as `startPostgres`. */
export function startDemoServer(): Promise<RunningPostgres> {
  return startPostgres({
    statStatements: true,
    settings: {
      cluster_name: 'airglow-demo',
      shared_buffers: '64MB',
      max_connections: 100,
      max_wal_size: '256MB',
      track_io_timing: true,
    },
  });
}
