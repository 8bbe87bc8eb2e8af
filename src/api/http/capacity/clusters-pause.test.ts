import { beforeEach, describe, expect, test } from 'vitest';
import { parseMetrics } from '../../../../test/kit/prometheus-text.ts';
import { NOW, scriptedApi } from '../../../../test/kit/scripted-api.ts';
import { ScriptedFleet, scriptedDecision } from '../../../../test/kit/scripted-fleet.ts';
import * as contracts from '../../contracts.ts';

let fleet: ScriptedFleet;
let scripted: ReturnType<typeof scriptedApi>;

beforeEach(async () => {
  fleet = new ScriptedFleet();
  await fleet.create({ name: 'shop' });
  fleet.asked.length = 0;
  scripted = scriptedApi({ fleet });
});

/** As the owner, over the control socket. */
async function ask(path: string, { method = 'GET', body }: { method?: string; body?: unknown } = {}) {
  const json = { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const init = { method, ...(body === undefined ? {} : json) };
  const response = await scripted.api.request(path, init, { isOwner: true });
  return { status: response.status, json: await response.json() };
}

describe('pausing', () => {
  test('one that is paused, and what woke it', async () => {
    await fleet.modify('shop', { minCapacity: 0 });
    fleet.pause('shop', NOW - 5000);
    const paused = contracts.clusterAnswer.parse((await ask('/api/clusters/shop')).json);
    expect(paused).toMatchObject({
      status: 'paused',
      capacity: { current: 0, min: 0 },
      pause: { pausedAtMs: NOW - 5000, wakes: 0, lastWake: null },
    });
    const lastWake = { atMs: NOW, tookMs: 1.8, pausedMs: 5000, cause: 'a new connection from 10.0.0.7' };
    fleet.wake('shop', lastWake);
    const woken = contracts.clusterAnswer.parse((await ask('/api/clusters/shop')).json);
    expect(woken).toMatchObject({
      status: 'available',
      pause: { pausedAtMs: null, pausedSeconds: 5, wakes: 1, lastWake },
    });
  });

  test.each([
    { kind: 'active', by: 'app@shop (local)' },
    { kind: 'waiting', untilMs: NOW + 1000 },
    { kind: 'blocked', blockers: [{ kind: 'backup', detail: 'a base backup runs' }] },
    { kind: 'unknown' },
    { kind: 'due' },
    null,
  ] as const)('how it stands with pausing: %j', async (pause) => {
    fleet.decide(
      'shop',
      scriptedDecision(NOW, { pause, hold: { kind: 'resume-boost', resource: null, untilMs: NOW } }),
    );
    const { latest } = contracts.explanationAnswer.parse((await ask('/api/clusters/shop/explain')).json);
    expect(latest?.decision).toMatchObject({ pause, hold: { kind: 'resume-boost' } });
  });

  test('lets it be paused, and says whose activity does not count', async () => {
    const body = {
      minCapacity: 0,
      secondsUntilAutoPause: 60,
      ignoreActivity: [{ field: 'user', value: 'x' }],
    };
    const answer = await ask('/api/clusters/shop', { method: 'PATCH', body });
    expect(fleet.asked).toEqual([body]);
    expect(contracts.clusterAnswer.parse(answer.json)).toMatchObject({
      capacity: { min: 0 },
      pause: { secondsUntilAutoPause: 60, ignoreActivity: body.ignoreActivity, pausedAtMs: null },
    });
  });

  test('a database that is paused is no problem, and is told in few series', async () => {
    fleet.pause('shop', NOW - 5000);
    fleet.change('shop', { pause: { ...fleet.describe('shop').pause, pausedSeconds: 65, wakes: 2 } });
    const health = contracts.healthAnswer.parse((await ask('/api/health')).json);
    expect(health.problems.filter((problem) => problem.startsWith('shop'))).toEqual([]);
    const metrics = parseMetrics(await (await scripted.api.request('/metrics')).text());
    const of = (name: string, labels = '') => metrics.get(`airglow_${name}{target="shop"${labels}}`);
    expect(of('serverless_database_capacity')).toBe(0);
    expect([of('paused'), of('paused_seconds_total'), of('wakes_total')]).toEqual([1, 65, 2]);
    expect(of('last_wake_seconds')).toBeUndefined();
    expect(of('cluster_status', ',status="paused"')).toBe(1);
    fleet.wake('shop', { atMs: NOW, tookMs: 2, pausedMs: 5000, cause: 'a new connection' });
    const after = parseMetrics(await (await scripted.api.request('/metrics')).text());
    expect(after.get('airglow_paused{target="shop"}')).toBe(0);
    expect(after.get('airglow_last_wake_seconds{target="shop"}')).toBe(0.002);
    expect(after.get('airglow_wakes_total{target="shop"}')).toBe(3);
  });
});
