import { airglowPolicy } from '../../src/capacity/decide.ts';
import type { CapacityPolicy } from '../../src/capacity/model.ts';
import { PLANNED_POLICIES, policyNamed } from '../../src/planner/policies/catalog.ts';
import { fixedPolicy } from './fixed.ts';
import { livePolicy } from './live.ts';

/** Short names for policies of the planner. */
const ALIASES: Readonly<Record<string, string>> = {
  tracker: 'cpu-target',
  'tracker-aws': 'aws-target-tracking',
};

/** Those of the planner that need not know the load in advance, and some of our own; `airglow-pauses` is `airglow` with a minimum of 0. */
export const POLICY_NAMES: readonly string[] = [
  'airglow',
  'airglow-pauses',
  'fixed-max',
  'fixed-mean',
  ...Object.keys(ALIASES),
  ...PLANNED_POLICIES.filter(({ kind, name }) => kind === 'causal' && name !== 'airglow').map(
    ({ name }) => name,
  ),
];
/** One of {@link POLICY_NAMES}. */
export type PolicyName = string;

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
    default:
      return livePolicy(policyNamed(ALIASES[name] ?? name));
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
    if (!POLICY_NAMES.includes(name))
      throw new Error(`There is no policy ${name}: choose from ${POLICY_NAMES.join(', ')}.`);
    return name;
  });
}
