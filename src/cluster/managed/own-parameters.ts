import type { ClusterSpec } from './model.ts';
import { refused } from './owned-settings.ts';
import { TABLESPACE } from './temp-space/temp-layout.ts';

type Chosen = Pick<ClusterSpec, 'parameters' | 'optimizedReads'>;

/** Where the user's own parameter sends temporary objects; null where there is none, or ours is in it. */
export function ownTempTablespaces(parameters: ClusterSpec['parameters']): string | null {
  const own = parameters['temp_tablespaces'] ?? null;
  const names = own?.split(',').map((name) => name.trim().replaceAll('"', ''));
  return names?.includes(TABLESPACE) === true ? null : own;
}

/** The size that the user's own parameter gives shared memory; null where there is none. */
export function ownSharedBuffers(parameters: ClusterSpec['parameters']): string | null {
  return parameters['shared_buffers'] ?? null;
}

/**
 * Parameters are the user's, but for those that a part of Optimized Reads consists of. Only what is new is refused: a
 * database that has both already can be changed. `before` is null for a new one. Raises SETTING_REFUSED.
 */
export function checkOwnParameters(before: Chosen | null, after: Chosen): void {
  const known = before === null ? [] : contradictions(before).map(({ name }) => name);
  const found = contradictions(after).find(({ name }) => !known.includes(name));
  if (found !== undefined) throw refused(found.name, found.reason);
}

function contradictions({ parameters, optimizedReads }: Chosen): { name: string; reason: string }[] {
  const { tieredCacheBytes, localStorage } = optimizedReads;
  return [
    ...(tieredCacheBytes > 0 && ownSharedBuffers(parameters) !== null
      ? [
          {
            name: 'shared_buffers',
            reason:
              'with a tiered cache it has the size of that. Take one of them back: --reset-parameter shared_buffers, or --tiered-cache 0',
          },
        ]
      : []),
    ...(localStorage !== null && ownTempTablespaces(parameters) !== null
      ? [
          {
            name: 'temp_tablespaces',
            reason:
              'with local storage it follows that. Take one of them back: --reset-parameter temp_tablespaces, or --local-storage none',
          },
        ]
      : []),
  ];
}
