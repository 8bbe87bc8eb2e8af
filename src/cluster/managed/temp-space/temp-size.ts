import { AirglowError } from '../../../errors.ts';
import { formatSize } from '../../host-tier/model.ts';
import { inTime } from '../in-time.ts';
import type { ClusterSpec } from '../model.ts';
import { diskTurns } from './disk-turns.ts';
import { diskRoom, whyLost } from './local-storage.ts';
import type { DiskRoom } from './local-storage.ts';
import { homeFolders } from './temp-layout.ts';
import { readRecord } from './temp-record.ts';

const PATIENCE_MS = 5_000;

/**
 * Before a database is changed: whether the disk can ever hold what is asked for. Only what is new is looked at, so that
 * a database whose disk has shrunk can be changed; a disk that gives no answer has no say. Raises INVALID_ARGUMENT.
 */
export async function checkNewTempSize(
  before: ClusterSpec,
  after: ClusterSpec,
  clusterPath: string,
): Promise<void> {
  const { localStorage: path, tempSpaceBytes } = after.optimizedReads;
  if (path === null || tempSpaceBytes === null) return;
  const known = before.optimizedReads;
  if (path === known.localStorage && tempSpaceBytes === known.tempSpaceBytes) return;
  const record = await readRecord(homeFolders(clusterPath).recordFile);
  const look = async (): Promise<DiskRoom | null> => {
    if (record?.path !== path) return diskRoom(path);
    return (await whyLost(record)) === null ? diskRoom(record.realPath) : null;
  };
  const room = await inTime(diskTurns(record?.realPath ?? path).looks.take(look), PATIENCE_MS).catch(
    () => null,
  );
  if (room !== null) checkTempSize(path, tempSpaceBytes, room);
}

/** Raises INVALID_ARGUMENT. */
export function checkTempSize(
  path: string,
  tempSpaceBytes: number,
  { totalBytes, freeBytes }: DiskRoom,
): void {
  if (tempSpaceBytes <= totalBytes) return;
  throw new AirglowError(
    'INVALID_ARGUMENT',
    `A temporary space of ${formatSize(tempSpaceBytes)} is more than ${path} has: that file system has ${formatSize(totalBytes)}, ` +
      `of which ${formatSize(freeBytes)} is free. Choose less, or the default: --temp-space default.`,
  );
}
