import type { PlannedPolicy } from '../model.ts';
import { aasTarget } from './aas-target.ts';
import { auroraV1 } from './aurora-v1.ts';
import { auroraV2 } from './aurora-v2.ts';
import { awsTargetTracking } from './aws-target-tracking.ts';
import { cockroachdb } from './cockroachdb.ts';
import { cpuTarget } from './cpu-target.ts';
import { neon } from './neon.ts';
import { polardb } from './polardb.ts';
import { scaleway } from './scaleway.ts';
import { staticP95, staticPeak } from './static-size.ts';
import { vpa } from './vpa.ts';

/** Everybody else's: what Airglow is held against. */
export const PUBLISHED_POLICIES: readonly PlannedPolicy[] = [
  auroraV2,
  auroraV1,
  neon,
  vpa,
  polardb,
  scaleway,
  cockroachdb,
  cpuTarget,
  awsTargetTracking,
  aasTarget,
  staticPeak,
  staticP95,
];
