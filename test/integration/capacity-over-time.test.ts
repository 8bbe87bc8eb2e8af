import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as contracts from '../../src/api/contracts.ts';
import type { CapacityAnswer, LoadAnswer } from '../../src/api/contracts.ts';
import { createApi } from '../../src/api/http/create-api.ts';
import type { Api } from '../../src/api/http/api-parts.ts';
import { FleetFollower } from '../../src/daemon/fleet-follower.ts';
import { Recorder } from '../../src/daemon/recorder.ts';
import { createMemoryHistory } from '../../src/history/memory/memory-history.ts';
import { connectClient } from '../kit/client.ts';
import { openPausedFleet, whyNotHere } from '../kit/paused-fleet.ts';
import type { PausedFleet } from '../kit/paused-fleet.ts';
import { waitFor } from '../kit/wait-for.ts';

const reason = await whyNotHere();
const CLOCK_SLACK_MS = 500;

describe.skipIf(reason !== null)(
  `capacity over time${reason === null ? '' : ` (not here: ${reason})`}`,
  () => {
    let test: PausedFleet;
    let recorder: Recorder;
    let follower: FleetFollower;
    let api: Api;

    beforeAll(async () => {
      test = await openPausedFleet({ secondsUntilAutoPause: 4 });
      const history = createMemoryHistory({ retentionMs: 3_600_000 });
      recorder = new Recorder({ history, log: () => {}, flushIntervalMs: 50 });
      follower = new FleetFollower(test.fleet, recorder);
      api = createApi({
        targets: follower.targets,
        history,
        recorder,
        fleet: test.fleet,
        access: { kind: 'loopback', token: 't'.repeat(40) },
        version: '0',
        startedAtMs: Date.now(),
        now: () => Date.now(),
        closing: new AbortController().signal,
        log: () => {},
      });
    });
    afterAll(async () => {
      follower.close();
      await test[Symbol.asyncDispose]();
      await recorder.stop();
    });

    const capacity = async (query: string): Promise<CapacityAnswer> =>
      contracts.capacityAnswer.parse(
        await (await api.request(`/api/clusters/shop/capacity?${query}`)).json(),
      );
    const load = async (query: string): Promise<LoadAnswer> =>
      contracts.loadAnswer.parse(await (await api.request(`/api/targets/shop/load?${query}`)).json());

    it('tells the pause, what woke it, the changes and what it came to', async () => {
      await using client = await connectClient(test.url, 'webshop');
      await waitFor(async () => (await capacity('from=-1m&period=1')).used.knownSeconds > 0, {
        what: 'the first decision',
      });
      const [sinceMs, meteredBefore] = [Date.now(), test.fleet.describe('shop').acuHours];
      await client.query('select pg_sleep(2)');
      await test.asleep();
      const metered = test.fleet.describe('shop').acuHours - meteredBefore;
      const asleepSinceMs = test.fleet.describe('shop').pause.pausedAtMs ?? 0;
      await waitFor(async () => (await capacity('from=-1m&period=1')).used.pausedSeconds > 2, {
        what: 'two seconds of pause',
      });
      expect((await capacity('from=-1m&period=1')).pauses).toMatchObject([{ wokenBy: null, wakeMs: null }]);
      // It must not fall asleep again while it is asked about.
      const busy = client.query('select pg_sleep(60)').catch(() => {});
      const wake = await test.awake();
      await waitFor(async () => (await capacity('from=-1m&period=1')).pauses[0]?.wokenBy !== null, {
        what: 'the record of the wake',
      });

      const answer = await capacity('from=-1m&period=1');
      const [pause] = answer.pauses;
      expect(answer.pauses).toHaveLength(1);
      expect(pause?.wokenBy).toBe('a query of postgres@postgres (127.0.0.1, webshop)');
      expect(pause?.wakeMs).toBeCloseTo(wake.tookMs, 3);
      expect(Math.abs((pause?.fromMs ?? 0) - asleepSinceMs)).toBeLessThan(CLOCK_SLACK_MS);
      expect(Math.abs((pause?.toMs ?? 0) - wake.atMs)).toBeLessThan(CLOCK_SLACK_MS);
      const asleep = answer.atMs.flatMap((atMs, index) =>
        atMs >= (pause?.fromMs ?? 0) && atMs + 1000 <= (pause?.toMs ?? 0) ? [index] : [],
      );
      expect(asleep.length).toBeGreaterThan(0);
      expect(asleep.map((index) => answer.acu[index])).toEqual(asleep.map(() => 0));
      expect(asleep.map((index) => answer.maxAcu[index])).toEqual(asleep.map(() => 8));
      expect(asleep.map((index) => answer.demand.cpu[index])).toEqual(asleep.map(() => null));
      const [woken, slept] = answer.changes.filter(({ fromAcu, toAcu }) => fromAcu * toAcu === 0);
      expect(woken).toMatchObject({ fromAcu: 0, reason: expect.stringContaining('woken by') as string });
      expect(slept).toMatchObject({ toAcu: 0, reason: expect.stringContaining('pauses') as string });
      expect(answer.holds.map(({ kind }) => kind)).toContain('resume-boost');
      // The record and the meter measure the same.
      const { used } = await capacity(`from=${sinceMs}&to=${asleepSinceMs}&period=1`);
      expect(used.acuHours).toBeGreaterThan(metered * 0.6);
      expect(used.acuHours).toBeLessThan(metered * 1.4);

      const { meta } = await load('from=-1m&period=1');
      expect(meta.pauses).toHaveLength(1);
      expect(Math.abs((meta.pauses[0]?.fromMs ?? 0) - (pause?.fromMs ?? 0))).toBeLessThan(2_000);
      expect(Math.abs((meta.pauses[0]?.toMs ?? 0) - (pause?.toMs ?? 0))).toBeLessThan(2_000);
      await using boss = await connectClient(test.url, 'boss');
      await boss.query('select pg_cancel_backend($1)', [client.processID]);
      await busy;
    });
  },
);
