import type { TempSpaceEvent } from './model.ts';
import type { PlaceVerdict } from './temp-rules.ts';

/**
 * What people are told when the place changes, or it is for another kind of reason; null where neither does. A disk that is
 * pulled may fail before it is seen to be gone: that is one event.
 */
export function placeEvent(before: PlaceVerdict, now: PlaceVerdict, path: string): TempSpaceEvent | null {
  const kind = kindOf(now);
  if (kind === kindOf(before)) return null;
  if (kind === null) {
    if (now.place !== 'local') return null;
    const message = `Temporary objects go to ${path} again.`;
    return { kind: 'temp-space-back', severity: 'info', message, data: { path } };
  }
  return {
    kind,
    severity: 'warning',
    message: `New temporary objects go to where the data is. ${capital(now.reason ?? '')}`,
    data: { path },
  };
}

function kindOf({ cause }: PlaceVerdict): 'temp-space-full' | 'temp-space-lost' | null {
  if (cause === null) return null;
  return cause === 'full' ? 'temp-space-full' : 'temp-space-lost';
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
