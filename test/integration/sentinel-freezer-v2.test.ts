import { accessSync, constants } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { KERNEL_FILES } from '../../src/kernel/limits/control-files.ts';
import { hostAt } from '../../src/kernel/limits/places-v2.ts';
import { processIdentity } from '../../src/kernel/process-identity.ts';
import { processUid } from '../../src/kernel/process-owner.ts';
import { whySocketsAreForbidden } from '../../src/kernel/sockets/may-duplicate.ts';
import { Sleeper } from '../../src/sentinel/sleeper.ts';
import { connectClient } from '../kit/client.ts';
import { startTestPostgres } from '../kit/postgres.ts';
import { waitFor } from '../kit/wait-for.ts';

/** Where v1 has the controllers, v2 may be mounted beside it: its freezer is real there all the same. */
const HOME = '/sys/fs/cgroup/unified';
const reason = whyNotHere();

describe.skipIf(reason !== null)(
  `the freezer of cgroup v2${reason === null ? '' : ` (not here: ${reason})`}`,
  () => {
    it('puts a database to sleep with its clients seen waiting, and a byte of one of them tells', async () => {
      const server = await startTestPostgres();
      const root = join(HOME, `airglow-test-sleep-${process.pid}`);
      await mkdir(root);
      const host = hostAt(KERNEL_FILES, { root, home: HOME, cpu: false, memory: false }, 4096);
      const group = await host.open('one');
      try {
        const pid = server.postmasterPid;
        await group.enter(pid);
        await using client = await connectClient(server.url);
        const guarded = {
          id: 'one',
          name: 'one',
          postmaster: { pid, identity: processIdentity(pid) ?? '' },
          uid: processUid(pid) ?? -1,
          port: server.port,
          most: { acu: 1, cpus: null, memoryBytes: null },
        };
        for (let round = 0; round < 20; round++) {
          const sleeper = await waitFor(
            async () => {
              const outcome = await Sleeper.fallAsleep(group, guarded);
              return outcome instanceof Sleeper ? outcome : null;
            },
            { what: 'a freeze' },
          );
          expect(group.isFrozen()).toBe(true);
          expect(sleeper.cause()).toBeNull();
          const answer = client.query('select 1 as one');
          expect(await waitFor(() => sleeper.cause(), { what: 'the byte' })).toMatchObject({ kind: 'bytes' });
          await sleeper.wake();
          expect((await answer).rows).toEqual([{ one: 1 }]);
        }
      } finally {
        await group.remove();
        await host.removeRoot();
        await server.stop();
      }
    });
  },
);

function whyNotHere(): string | null {
  try {
    accessSync(join(HOME, 'cgroup.procs'), constants.W_OK);
  } catch {
    return 'there is no v2 beside v1 that may be written';
  }
  return whySocketsAreForbidden();
}
