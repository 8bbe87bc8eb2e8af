import type { PlannedPolicy } from '../model.ts';
import { PointFollower } from './point-follower.ts';
import type { PointRule } from './point-follower.ts';

const RULE: PointRule = {
  pointMs: 10_000,
  points: 6,
  signal: (seen) => seen.activeSessions,
  wantedCpus: (points) => points.highest(),
};

export const aasTarget: PlannedPolicy = {
  name: 'aas-target',
  title: 'AAS below vCPU (straw man)',
  rules:
    "Our own straw man, nobody's product: as many CPUs as there are average active sessions, whatever they wait for, locks too, so " +
    'that the load stays below the vCPU line. Means over 10 s, up at once, down to the highest of the last minute. It shows ' +
    'what waits that are not told apart lead to.',
  source: 'none: the rule of thumb that AAS should stay below vCPU, taken literally',
  kind: 'causal',
  start: (context) => new PointFollower(context, RULE),
};
