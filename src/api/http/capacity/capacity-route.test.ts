import { beforeEach, expect, test } from 'vitest';
import { NOW, scriptedApi } from '../../../../test/kit/scripted-api.ts';
import { ScriptedFleet, scriptedDecision } from '../../../../test/kit/scripted-fleet.ts';
import type { Decision } from '../../../capacity/model.ts';
import * as contracts from '../../contracts.ts';
import type { CapacityAnswer } from '../../contracts.ts';

let fleet: ScriptedFleet;
let scripted: ReturnType<typeof scriptedApi>;

beforeEach(async () => {
  fleet = new ScriptedFleet();
  await fleet.create({ name: 'shop', minCapacity: 0, maxCapacity: 8 });
  scripted = scriptedApi({ fleet });
});

async function ask(query: string): Promise<CapacityAnswer> {
  const response = await scripted.api.request(`/api/clusters/shop/capacity?${query}`);
  expect(response.status).toBe(200);
  return contracts.capacityAnswer.parse(await response.json());
}

/** As the recorder writes it, so many seconds before now. */
function decided(secondsAgo: number, change: Partial<Decision>) {
  const { atMs, decision, reason } = scriptedDecision(NOW - secondsAgo * 1000, change);
  return { atMs, decision: { ...decision, reason } };
}

const held: Partial<Decision> = {
  fromAcu: 2,
  toAcu: 2,
  hold: { kind: 'recent-demand', resource: 'cpu', untilMs: NOW },
};

test('a database that nothing is known of has no figures, and no zeros', async () => {
  const answer = await ask('from=-5m&period=60');
  const unknown = Array.from({ length: 5 }, () => null);
  expect(answer).toMatchObject({ acu: unknown, minAcu: unknown, demand: { cpu: unknown } });
  expect(answer.used).toMatchObject({ acuHours: 0, fixedMaximumAcuHours: 0, knownSeconds: 0 });
  expect(answer.atMs[0]).toBe(NOW - 300_000);
});

test('capacity, pauses, changes, holds and what it comes to', async () => {
  const awake = Array.from({ length: 6 }, (_, index) => decided(300 - index * 10, held));
  await scripted.history.appendDecisions('shop', [
    ...awake,
    decided(242, { fromAcu: 2, toAcu: 0, pause: { kind: 'due' } }),
    decided(120, { fromAcu: 0, toAcu: 4 }),
    ...Array.from({ length: 11 }, (_, index) => decided(110 - index * 10, { fromAcu: 4, toAcu: 4 })),
  ]);
  await scripted.history.appendEvents('shop', [
    { atMs: NOW - 240_000, kind: 'paused', severity: 'info', message: 'asleep', data: {} },
    {
      atMs: NOW - 119_000,
      kind: 'resumed',
      severity: 'info',
      message: 'awake',
      data: { by: 'a query of app@shop', tookMs: 12, pausedMs: 120_000, wokenAtMs: NOW - 120_000 },
    },
  ]);
  const gauge = (metric: string, secondsAgo: number, value: number) => ({
    atMs: NOW - secondsAgo * 1000,
    durationMs: 0,
    metric,
    key: '',
    value,
  });
  await scripted.history.appendCounters('shop', [
    gauge('capacity.demand_cpu_acu', 290, 1),
    gauge('capacity.demand_cpu_acu', 280, 3),
    gauge('capacity.max_acu', 290, 6),
    gauge('capacity.max_acu', 50, 8),
  ]);
  const answer = await ask('from=-5m&period=60');
  expect(answer.acu).toEqual([2, 0, 0, 4, 4]);
  expect(answer.maxAcu).toEqual([6, 6, 6, null, 8]);
  expect(answer.demand.cpu).toEqual([2, null, null, null, null]);
  expect(answer.pauses).toEqual([
    { fromMs: NOW - 240_000, toMs: NOW - 120_000, wokenBy: 'a query of app@shop', wakeMs: 12 },
  ]);
  expect(answer.changes.map(({ fromAcu, toAcu }) => [fromAcu, toAcu])).toEqual([
    [0, 4],
    [2, 0],
  ]);
  expect(answer.leftOutChanges).toBe(0);
  expect(answer.holds).toEqual([
    {
      fromMs: NOW - 300_000,
      toMs: NOW - 242_000,
      kind: 'recent-demand',
      acu: 2,
      reason: 'stays at 2 ACU: CPU asks for 2.3 now',
    },
  ]);
  const { cost } = fleet.describe('shop');
  expect(answer.used).toEqual({
    acuHours: expect.closeTo((2 * 60 + 4 * 120) / 3600, 9) as number,
    fixedMaximumAcuHours: expect.closeTo((6 * 180 + 8 * 120) / 3600, 9) as number,
    knownSeconds: 300,
    pausedSeconds: 120,
    currency: cost.currency,
    pricePerAcuHour: cost.pricePerAcuHour,
  });
  expect(answer.meta.explainedFromMs).toBe(answer.meta.fromMs);
});

test('of more changes than anybody reads the newest are told', async () => {
  await scripted.history.appendDecisions(
    'shop',
    Array.from({ length: 620 }, (_, index) =>
      decided(620 - index, { fromAcu: 1 + (index % 2), toAcu: 2 - (index % 2) }),
    ),
  );
  const answer = await ask('from=-15m&period=1');
  expect(answer.changes).toHaveLength(500);
  expect(answer.changes[0]?.atMs).toBe(NOW - 1000);
  expect(answer.leftOutChanges).toBe(120);
});

test('of a window with too many decisions the older part is known by the minute', async () => {
  const many = Array.from({ length: 20_100 }, (_, index) => decided((20_100 - index) / 10, held));
  await scripted.history.appendDecisions('shop', many);
  const minutes = Array.from({ length: 10 }, (_, index) => ({
    atMs: NOW - 2_100_000 - index * 60_000,
    durationMs: 0,
    metric: 'capacity.acu',
    key: '',
    value: 1,
  }));
  await scripted.history.appendCounters('shop', minutes);
  const answer = await ask('from=-1h&period=300');
  expect(answer.meta.explainedFromMs).toBe(NOW - 2_000_000);
  expect(answer.acu.slice(0, 5)).toEqual([null, null, null, 1, 1]);
  expect(answer.acu.slice(6)).toEqual([2, 2, 2, 2, 2, 2]);
});

test('asks for a known database and a period that fits', async () => {
  const status = async (path: string) => (await scripted.api.request(path)).status;
  expect(await status('/api/clusters/crm/capacity')).toBe(404);
  expect(await status('/api/clusters/shop/capacity?from=-7d&period=1')).toBe(400);
  expect(await status('/api/clusters/shop/capacity?limit=1')).toBe(400);
});
