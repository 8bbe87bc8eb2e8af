import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningPostgres } from '../../src/cluster/server.ts';
import { hasLimits, openLimits } from '../../src/kernel/limits/open-limits.ts';
import type { ResourceGroup } from '../../src/kernel/limits/resource-group.ts';
import { processIdentity } from '../../src/kernel/process-identity.ts';
import { processUid } from '../../src/kernel/process-owner.ts';
import type { Guarded } from '../../src/sentinel/protocol.ts';
import { connectClient } from '../kit/client.ts';
import { startLoneSentinel } from '../kit/lone-sentinel.ts';
import type { LoneSentinel } from '../kit/lone-sentinel.ts';
import { whyNotHere } from '../kit/paused-fleet.ts';
import { startTestPostgres, testedMajor } from '../kit/postgres.ts';
import { waitFor } from '../kit/wait-for.ts';

const reason = await whyNotHere();
const ROUNDS = 60;

/** Versions differ in what a waiting process does: before 16 the postmaster waits by select, from 18 on there are I/O workers. */
describe.skipIf(reason !== null)(
  `PostgreSQL ${testedMajor()}${reason === null ? '' : ` (not here: ${reason})`}`,
  () => {
    let server: RunningPostgres;
    let group: ResourceGroup;
    let sentinel: LoneSentinel;
    let guarded: Guarded;

    beforeAll(async () => {
      server = await startTestPostgres();
      const limits = await openLimits();
      if (!hasLimits(limits)) throw new Error(limits.reason);
      const id = `test-${randomBytes(4).toString('hex')}`;
      group = await limits.open(id);
      await group.enter(server.postmasterPid);
      sentinel = await startLoneSentinel();
      const postmaster = { pid: server.postmasterPid, identity: processIdentity(server.postmasterPid) ?? '' };
      const uid = processUid(server.postmasterPid) ?? -1;
      const most = { acu: 8, cpus: null, memoryBytes: null };
      guarded = { id, name: 'test', postmaster, uid, port: server.port, most };
      const outcome = await sentinel.link.guard(guarded);
      if (outcome.kind !== 'ok') throw new Error(JSON.stringify(outcome));
    });

    afterAll(async () => {
      await sentinel[Symbol.asyncDispose]();
      await group.remove();
      await server.stop();
    });

    it('is paused with connections open, and woken by each of them and by a new one', async () => {
      await using idle = await connectClient(server.url);
      await using other = await connectClient(server.url);
      await other.query('begin');
      for (const wake of [
        () => idle.query('select 1'),
        () => other.query('select 1'),
        () => connectClient(server.url).then((late) => late.end()),
      ]) {
        const outcome = await pauseSoon();
        expect(outcome).toBe('paused');
        expect(group.isFrozen()).toBe(true);
        await wake();
        expect(group.isFrozen()).toBe(false);
      }
      await waitFor(() => sentinel.woken.length === 3, { what: 'word of the last wake' });
      expect(sentinel.woken.map(({ cause }) => cause.kind)).toEqual(['bytes', 'bytes', 'connection']);
    });

    it('strands no query that is sent at the moment of a freeze', async () => {
      await using client = await connectClient(server.url);
      let pauses = 0;
      for (let round = 0; round < ROUNDS; round++) {
        const pausing = sentinel.link.pause(guarded.id, 2);
        await sleep(Math.random() * 5);
        expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
        const outcome = await pausing;
        if (outcome.kind === 'paused') pauses++;
        await sentinel.link.wake(guarded.id);
      }
      expect(pauses).toBeGreaterThan(0);
    });

    /** A session that has just come or gone is busy for a moment. */
    async function pauseSoon(): Promise<string> {
      for (let attempt = 0; attempt < 50; attempt++) {
        const outcome = await sentinel.link.pause(guarded.id, 2);
        if (outcome.kind === 'paused') return outcome.kind;
        await sleep(20);
      }
      return 'never';
    }
  },
);
