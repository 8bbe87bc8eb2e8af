import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NO_OPTIMIZED_READS } from '../model.ts';
import type { ClusterSpec, OptimizedReads } from '../model.ts';
import { homeFolders } from './temp-layout.ts';
import { writeRecord } from './temp-record.ts';
import { checkNewTempSize, checkTempSize } from './temp-size.ts';

const GIB = 1024 ** 3;
const HUGE = 2 ** 50;

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'airglow-temp-size-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function specOf(change: Partial<OptimizedReads>): ClusterSpec {
  return { optimizedReads: { ...NO_OPTIMIZED_READS, ...change } } as ClusterSpec;
}

it('more than the file system has is refused with what there is', () => {
  const room = { totalBytes: 100 * GIB, freeBytes: 75 * GIB };
  checkTempSize('/mnt/nvme', 100 * GIB, room);
  expect(() => checkTempSize('/mnt/nvme', 100_000 * GIB, room)).toThrow(
    expect.objectContaining({
      code: 'INVALID_ARGUMENT',
      message:
        'A temporary space of 100000 GiB is more than /mnt/nvme has: that file system has 100 GiB, of which 75 GiB is free. ' +
        'Choose less, or the default: --temp-space default.',
    }),
  );
});

describe('a change of a database', () => {
  const none = specOf({});
  const huge = () => specOf({ localStorage: folder, tempSpaceBytes: HUGE });

  it('is refused where the size is new, or is on another folder', async () => {
    await expect(checkNewTempSize(none, huge(), folder)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    const smaller = specOf({ localStorage: folder, tempSpaceBytes: GIB });
    await expect(checkNewTempSize(smaller, huge(), folder)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
    const elsewhere = specOf({ localStorage: '/mnt/larger', tempSpaceBytes: HUGE });
    await expect(checkNewTempSize(elsewhere, huge(), folder)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
  });

  it('is not refused for a size that it has already, since a disk may shrink', async () => {
    await checkNewTempSize(huge(), huge(), folder);
    await checkNewTempSize(huge(), specOf({ tempSpaceBytes: HUGE }), folder);
    await checkNewTempSize(none, specOf({ localStorage: folder }), folder);
  });

  it('asks no disk that is not there, nor the one below it', async () => {
    const gone = specOf({ localStorage: join(folder, 'gone'), tempSpaceBytes: HUGE });
    await checkNewTempSize(none, gone, folder);
    const home = homeFolders(folder);
    await mkdir(home.path);
    const record = { path: folder, realPath: folder, mountPoint: folder, versionFolder: null };
    await writeRecord(home.recordFile, { ...record, hasTablespace: true, limitBytes: GIB });
    await checkNewTempSize(specOf({ localStorage: folder, tempSpaceBytes: GIB }), huge(), folder);
  });
});
