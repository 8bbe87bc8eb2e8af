import { AirglowError } from '../../errors.ts';
import type { PlannedPolicy } from '../model.ts';
import { airglowPlanned } from './airglow.ts';
import { editDistance } from './edit-distance.ts';
import { PUBLISHED_POLICIES } from './published.ts';

/** All that can be compared, but for those that know the future. */
export const PLANNED_POLICIES: readonly PlannedPolicy[] = [airglowPlanned, ...PUBLISHED_POLICIES];

/** So many wrong letters are a slip of the finger. */
const NEAR = 3;

/** Raises INVALID_ARGUMENT where there is none of that name. */
export function policyNamed(name: string): PlannedPolicy {
  const policy = PLANNED_POLICIES.find((one) => one.name === name);
  if (policy !== undefined) return policy;
  const names = PLANNED_POLICIES.map((one) => one.name);
  const nearest = nearestOf(name, names);
  const hint = nearest === null ? '' : ` Did you mean ${nearest}?`;
  throw new AirglowError(
    'INVALID_ARGUMENT',
    `There is no policy "${name}".${hint} Choose from ${names.join(', ')}.`,
  );
}

function nearestOf(name: string, names: readonly string[]): string | null {
  const distances = names.map((one) => ({ one, distance: editDistance(name.toLowerCase(), one) }));
  const [nearest] = distances.toSorted((a, b) => a.distance - b.distance);
  return nearest !== undefined && nearest.distance <= Math.min(NEAR, name.length / 2) ? nearest.one : null;
}
