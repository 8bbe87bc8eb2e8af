import { DEFAULT_SHAPE } from '../../src/capacity/acu.ts';
import type { DatabaseModel } from '../../src/planner/model.ts';

/** As `airglow plan` has it unless told otherwise. */
export const DATABASE: DatabaseModel = {
  shape: DEFAULT_SHAPE,
  hostCpus: 64,
  requestCpuSeconds: 0.005,
  requestVariation: 1,
  requestOtherSeconds: 0,
  connections: 100,
  baseMemoryBytes: 0.2 * 1024 ** 3,
  cacheShare: 0.8,
  missSeconds: 0.0005,
  pagesPerCpuSecond: 20_000,
  idleBelowCpus: 0.002,
};
