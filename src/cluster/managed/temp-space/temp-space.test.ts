import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { DEFAULT_SHAPE } from '../../../capacity/acu.ts';
import { clusterFolder } from '../cluster-folder.ts';
import { NO_OPTIMIZED_READS } from '../model.ts';
import type { ClusterSpec } from '../model.ts';
import type { ServerRun } from '../server-run.ts';
import type { TempSpaceEvent } from './model.ts';
import { TempSpace } from './temp-space.ts';

it('a folder that is refused is not tried any more, and no event tells of it', async () => {
  const stateDir = await mkdtemp(join(tmpdir(), 'airglow-temp-refused-'));
  try {
    const folder = clusterFolder(join(stateDir, 'shop'));
    await mkdir(folder.path);
    const spec = {
      name: 'shop',
      id: '0123456789ab',
      maxAcu: 2,
      parameters: {},
      optimizedReads: NO_OPTIMIZED_READS,
    } as unknown as ClusterSpec;
    const space = new TempSpace({
      folder,
      stateDir,
      runAs: { name: 'the current user', ids: null },
      guard: null,
      shape: DEFAULT_SHAPE,
      spec: () => spec,
      adminUrl: () => '',
      writeSettings: async () => {},
    });
    const events: TempSpaceEvent[] = [];
    space.subscribe((event) => void events.push(event));
    const run = { hasEnded: false, isHushed: false } as unknown as ServerRun;
    const optimizedReads = { ...NO_OPTIMIZED_READS, localStorage: '/proc' };
    const refused = space.turn({ ...spec, optimizedReads }, run);
    // It is looked at before what was refused is taken back.
    space.attach(run);
    await expect(refused).rejects.toMatchObject({ code: 'LOCAL_STORAGE_UNUSABLE' });
    await space.idle();
    expect(events).toEqual([]);
    expect(space.describe()).toBeNull();
  } finally {
    await rm(stateDir, { recursive: true, force: true });
  }
});
