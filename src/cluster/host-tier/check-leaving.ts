import { AirglowError } from '../../errors.ts';
import { formatSize, runsWithTier } from './model.ts';
import type { TierTenant } from './model.ts';

/** Beside what comes back, so much stays free. */
const SPARE_BYTES = 128 * 1024 ** 2;

/** Whether the tier can be switched off: nobody runs with it, and what lies there fits memory. Raises TIER_IN_USE. */
export function checkLeaving(
  tenants: readonly TierTenant[],
  usedBytes: number,
  availableBytes: number,
): void {
  const running = tenants.filter(runsWithTier).map(({ name }) => name);
  const [first] = running;
  if (first !== undefined) {
    const what = running.length === 1 ? `${first} runs` : `${running.join(', ')} run`;
    const each = running.length === 1 ? first : 'NAME';
    throw new AirglowError(
      'TIER_IN_USE',
      `The tier cannot be switched off while ${what} with it. Take it away first: airglow cluster modify ${each} --tiered-cache 0 ` +
        '--restart, which closes all connections. Then try again.',
    );
  }
  if (usedBytes === 0 || usedBytes + SPARE_BYTES <= availableBytes) return;
  throw new AirglowError(
    'TIER_IN_USE',
    `${formatSize(usedBytes)} lies in the tier and has to come back to memory, of which ${formatSize(availableBytes)} is free. Stop ` +
      'something that needs memory, then try again.',
  );
}
