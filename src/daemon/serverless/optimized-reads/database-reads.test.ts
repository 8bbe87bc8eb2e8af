import { expect, it } from 'vitest';
import type { ManagedCluster } from '../../../cluster/managed/model.ts';
import { DatabaseReads } from './database-reads.ts';

it('many processes are not looked at, with Optimized Reads either: each takes two descriptors', () => {
  let pids = [process.pid];
  const cluster = {
    spec: { optimizedReads: { localStorage: '/tmp' } },
    accounts: { pids: () => pids },
  } as unknown as ManagedCluster;
  const reads = new DatabaseReads(cluster, { sizeBytes: 0, path: null });
  try {
    // What was read before the first look is of no time that is known.
    expect(reads.storageReadBytes()).toBeNull();
    const isCounted = reads.storageReadBytes() !== null;
    pids = Array.from({ length: 101 }, () => process.pid);
    expect(reads.storageReadBytes()).toBeNull();
    pids = [process.pid];
    expect(reads.storageReadBytes()).toBeNull();
    expect(reads.storageReadBytes() !== null).toBe(isCounted);
  } finally {
    reads.close();
  }
});
