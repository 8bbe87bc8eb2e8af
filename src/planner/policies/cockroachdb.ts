import type { PlannedPolicy } from '../model.ts';
import { PointFollower } from './point-follower.ts';
import type { PointRule } from './point-follower.ts';

const MEAN_FACTOR = 4;
const PEAK_FACTOR = 1.33;

const RULE: PointRule = {
  // Assumed, as is how often it looks.
  pointMs: 10_000,
  points: 30,
  signal: (seen) => seen.cpuUsed,
  wantedCpus: (points) => Math.max(MEAN_FACTOR * points.mean(), PEAK_FACTOR * points.highest()),
};

export const cockroachdb: PlannedPolicy = {
  name: 'cockroachdb',
  title: 'CockroachDB Serverless (unverified)',
  rules:
    'CPUs for the larger of 4 x the mean and 1.33 x the peak of the last 5 minutes; the formula is unverified. Assumed: both from ' +
    'means over 10 s, applied every 10 s up and down, in steps of 0.5 ACU; never less than what cannot be evicted.',
  source:
    'CockroachDB Serverless, SIGMOD 2025, second-hand: https://muratbuffalo.blogspot.com (January 2026)',
  kind: 'causal',
  start: (context) => new PointFollower(context, RULE),
};
