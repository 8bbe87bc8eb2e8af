import type { FindingKind } from '../../../../src/analysis/model.ts';

/** What an analysis looks for, in words for people. */
export const LOOKED_FOR: Readonly<Record<FindingKind, string>> = {
  'load-above-baseline': 'load far above what is usual',
  'cpu-starved': 'sessions that waited for a processor',
  'dominating-sql': 'one statement that makes up most of the load',
  'lock-chain': 'sessions that blocked others',
  'idle-in-transaction': 'transactions left open',
  'cache-too-small': 'reads from a cache that is too small',
  'slow-storage': 'slow storage',
  'optimized-reads': 'reads that local NVMe would serve',
  'temporary-files': 'sorts and joins that spilled to temporary files',
  'connection-storm': 'connections opened too often',
  'capacity-at-maximum': 'capacity at its maximum',
  'capacity-held': 'capacity held up by something',
  'host-saturated': 'a host without processors to spare',
  'not-observed': 'time that nobody observed',
};
