import { ownTempTablespaces } from '../own-parameters.ts';
import type { ClusterSpec } from '../model.ts';
import type { TempSpaceDescription } from './model.ts';
import type { StorageLook } from './storage-watch.ts';
import type { TempRecord } from './temp-record.ts';
import type { PlaceVerdict } from './temp-rules.ts';

/** What is known of temporary space. */
export interface TempSpaceFacts {
  readonly spec: Pick<ClusterSpec, 'name' | 'optimizedReads' | 'parameters'>;
  /** Null while nothing of it is on disk. */
  readonly record: Pick<TempRecord, 'path' | 'limitBytes'> | null;
  readonly verdict: PlaceVerdict;
  readonly seen: StorageLook | null;
  readonly isRunning: boolean;
  readonly limitWithoutDiskBytes: number;
}

/** Null where temporary space is not asked for, and nothing is left of it. */
export function describeTempSpace(facts: TempSpaceFacts): TempSpaceDescription | null {
  const { spec, record, seen } = facts;
  const path = spec.optimizedReads.localStorage ?? record?.path ?? null;
  if (path === null) return null;
  return {
    path,
    ...placeOf(facts),
    limitBytes: record?.limitBytes ?? facts.limitWithoutDiskBytes,
    usedBytes: seen?.sight.usedBytes ?? null,
    freeBytes: seen?.sight.room?.freeBytes ?? null,
  };
}

function placeOf(facts: TempSpaceFacts): Pick<TempSpaceDescription, 'place' | 'reason'> {
  const { spec, verdict } = facts;
  if (spec.optimizedReads.localStorage === null) return { place: 'data', reason: whyStillThere(facts) };
  const own = ownTempTablespaces(spec.parameters);
  if (own === null) return { place: verdict.place, reason: verdict.reason };
  return {
    place: 'data',
    reason:
      `Your own parameter temp_tablespaces (${own === '' ? 'none' : own}) says where they go. Take it back: ` +
      `airglow cluster modify ${spec.name} --reset-parameter temp_tablespaces.`,
  };
}

/** It was switched off, and there is something of it on disk. */
function whyStillThere({ spec, seen, isRunning }: TempSpaceFacts): string {
  if (!isRunning)
    return `It is being switched off: what is left there goes once ${spec.name} has been started.`;
  const sessions = seen?.use?.relations.size ?? 0;
  if (sessions > 0) {
    const who = sessions === 1 ? '1 session still has' : `${sessions} sessions still have`;
    return `It is being switched off: ${who} temporary tables there. The folder goes when these are dropped or the sessions end.`;
  }
  if ((seen?.use?.files ?? 0) > 0)
    return 'It is being switched off: files there are still in use. The folder goes when they are gone.';
  return 'It is being switched off: the folder goes when PostgreSQL has dropped its tablespace.';
}
