import type { PlannedPolicy } from '../model.ts';
import { TargetTracker } from './target-tracker.ts';
import type { TrackingRule } from './target-tracker.ts';

/** As the alarms that target tracking makes are published. */
export const AWS_RULE: TrackingRule = {
  target: 0.7,
  pointSeconds: 60,
  upPoints: 3,
  upTolerance: 0,
  downPoints: 15,
  downTolerance: 0.1,
  mostAfter: () => Number.POSITIVE_INFINITY,
  downCooldownSeconds: 300,
};

export const awsTargetTracking: PlannedPolicy = {
  name: 'aws-target-tracking',
  title: 'CPU target (AWS target tracking)',
  rules:
    'Utilisation a minute; up after 3 minutes above the target, in proportion; down after 15 minutes below nine tenths of it, 300 s ' +
    'between two lowerings: the alarms that AWS makes. The target of 70 % is our choice, a step is 0.5 ACU.',
  source:
    'https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html',
  kind: 'causal',
  start: (context) => new TargetTracker(AWS_RULE, context),
};
