import { DEFAULT_SHAPE, MOST_ACU } from '../../capacity/acu.ts';
import type { DatabaseModel } from '../model.ts';

const GIB = 1024 ** 3;

/** What is assumed of a database that nobody says anything about; `docs/planning.md` lists it. */
export const DEFAULT_DATABASE: DatabaseModel = {
  shape: DEFAULT_SHAPE,
  // Enough for any capacity, so that the host is never what is short.
  hostCpus: MOST_ACU * DEFAULT_SHAPE.cpus,
  requestCpuSeconds: 0.005,
  requestVariation: 1,
  requestOtherSeconds: 0,
  connections: 100,
  baseMemoryBytes: 0.2 * GIB,
  cacheShare: 0.8,
  // A local SSD, and a page for each twentieth of a millisecond of CPU.
  missSeconds: 0.0005,
  pagesPerCpuSecond: 20_000,
  tier: null,
  idleBelowCpus: 0.002,
};
