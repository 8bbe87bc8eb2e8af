import type { TempSpaceEvent } from './model.ts';
import type { PlaceVerdict } from './temp-rules.ts';

/** What people are told when the place changes, or the reason for it; null where neither does. */
export function placeEvent(before: PlaceVerdict, now: PlaceVerdict, path: string): TempSpaceEvent | null {
  if (now.cause === before.cause) return null;
  if (now.cause === null) {
    if (now.place !== 'local') return null;
    const message = `Temporary objects go to ${path} again.`;
    return { kind: 'temp-space-back', severity: 'info', message, data: { path } };
  }
  return {
    kind: now.cause === 'full' ? 'temp-space-full' : 'temp-space-lost',
    severity: 'warning',
    message: `New temporary objects go to where the data is. ${capital(now.reason ?? '')}`,
    data: { path },
  };
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
