import { airglowPolicy } from '../../src/capacity/decide.ts';
import type { CapacityPolicy } from '../../src/capacity/model.ts';
import { fixedPolicy } from './fixed.ts';
import { AWS_RULE, KUBERNETES_RULE, targetTrackingPolicy } from './target-tracking.ts';

/** `airglow-pauses` is `airglow` with a minimum of 0. */
export const POLICY_NAMES = [
  'airglow',
  'airglow-pauses',
  'fixed-max',
  'fixed-mean',
  'tracker',
  'tracker-aws',
] as const;
export type PolicyName = (typeof POLICY_NAMES)[number];

/** `meanAcu`: size of the fixed mean. */
export function policyByName(name: PolicyName, meanAcu: number): CapacityPolicy {
  switch (name) {
    case 'airglow':
    case 'airglow-pauses':
      return airglowPolicy;
    case 'fixed-max':
      return fixedPolicy(name);
    case 'fixed-mean':
      return fixedPolicy(name, meanAcu);
    case 'tracker':
      return targetTrackingPolicy(KUBERNETES_RULE);
    case 'tracker-aws':
      return targetTrackingPolicy(AWS_RULE);
  }
}

/** What it begins at where a bench does not say. */
export function startAcuOf(
  name: PolicyName,
  bounds: { minAcu: number; maxAcu: number; meanAcu: number },
): number {
  if (name === 'fixed-max') return bounds.maxAcu;
  return name === 'fixed-mean' ? bounds.meanAcu : bounds.minAcu;
}

export function parsePolicyNames(text: string): PolicyName[] {
  return text.split(',').map((name) => {
    const known = POLICY_NAMES.find((one) => one === name);
    if (known === undefined)
      throw new Error(`There is no policy ${name}: choose from ${POLICY_NAMES.join(', ')}.`);
    return known;
  });
}
