import { ACU_STEP } from '../../capacity/acu.ts';
import type { PlannedPolicy } from '../model.ts';
import { TargetTracker } from './target-tracker.ts';
import type { TrackingRule } from './target-tracker.ts';

/** HorizontalPodAutoscaler with its defaults; the target is ours to choose: 70 % is what we aimed at in the beginning, too. */
export const KUBERNETES_RULE: TrackingRule = {
  target: 0.7,
  pointSeconds: 15,
  upPoints: 1,
  upTolerance: 0.1,
  downPoints: 20,
  downTolerance: 0.1,
  mostAfter: (acu) => Math.max(2 * acu, acu + 4 * ACU_STEP),
  downCooldownSeconds: 0,
};

export const cpuTarget: PlannedPolicy = {
  name: 'cpu-target',
  title: 'CPU target (Kubernetes HPA)',
  rules:
    'Every 15 s, current x utilisation / target, rounded up, unless within 10 % of the target; at most doubled or 4 steps ' +
    'more in 15 s; down to the highest recommendation of 300 s. Defaults of the HorizontalPodAutoscaler, one pod standing for ' +
    'one step of 0.5 ACU. The target of 70 % is our choice.',
  source: 'https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/',
  kind: 'causal',
  start: (context) => new TargetTracker(KUBERNETES_RULE, context),
};
