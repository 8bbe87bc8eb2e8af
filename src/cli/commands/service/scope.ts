import { AirglowError } from '../../../errors.ts';
import type { Option } from '../../command.ts';
import type { ServicePlan } from '../../service/service-plan.ts';

export interface ScopeOptions {
  readonly user?: boolean;
  readonly system?: boolean;
}

export const SCOPE_OPTIONS: readonly Option[] = [
  { flags: '--user', description: 'of this user only (the usual one but for root)' },
  { flags: '--system', description: 'of the machine (the usual one for root)' },
];

/** Raises INVALID_ARGUMENT. */
export function scopeOf({ user, system }: ScopeOptions): ServicePlan['scope'] {
  if (user === true && system === true) {
    throw new AirglowError(
      'INVALID_ARGUMENT',
      'a service is of the machine or of a user: give --system or --user',
    );
  }
  if (user === true) return 'user';
  return system === true || isRoot() ? 'system' : 'user';
}

/** Raises INVALID_ARGUMENT where a service of the machine is to be changed by somebody else than root. */
export function requireRight(scope: ServicePlan['scope']): void {
  if (scope === 'user' || isRoot()) return;
  throw new AirglowError(
    'INVALID_ARGUMENT',
    'a service of the machine is for root to change: use sudo, or --user for one of your own',
  );
}

export function isRoot(): boolean {
  return process.getuid?.() === 0;
}
