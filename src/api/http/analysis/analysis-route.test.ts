import { beforeEach, describe, expect, test } from 'vitest';
import { NOW, scriptedApi } from '../../../../test/kit/scripted-api.ts';
import { ScriptedFleet } from '../../../../test/kit/scripted-fleet.ts';
import { scriptedSample, scriptedTick } from '../../../../test/kit/scripted-observer.ts';
import { analysisAnswer } from '../../contracts.ts';
import type { AnalysisAnswer } from '../../contracts.ts';
import { heldFor, spreadOver } from './analysis-counters.ts';
import { extentOf } from './analysis-load.ts';
import type { Api } from '../api-parts.ts';

const SQL = 'aaaaaaaaaaaaaaaa';
const HOLDER = 'bbbbbbbbbbbbbbbb';
const TOKEN = 'a-token-that-is-long-enough-for-all-who-ask';
const TEXT = 'UPDATE products SET stock = stock + $1 WHERE id = $2';

let scripted: ReturnType<typeof scriptedApi>;

/** Two quiet hours, and in the last one 20 s in which five sessions wait for one that is idle. */
async function withPileUp(): Promise<void> {
  const quiet = [scriptedSample(100, { 'db.wait_event': 'CPU:Running', 'db.sql_tokenized': SQL })];
  const waiter = scriptedSample(5000, {
    'db.wait_event': 'Lock:transactionid',
    'db.sql_tokenized': SQL,
    'db.blocking_session': '4711@1795348800',
    'db.blocking_sql': HOLDER,
  });
  const holder = scriptedSample(
    1000,
    { 'db.sql_tokenized': HOLDER, 'db.user': 'app_shop', 'db.application': 'shop-admin' },
    'idle in transaction',
  );
  const ticks = Array.from({ length: 7200 }, (_, second) => {
    const isPiled = second >= 5400 && second < 5420;
    return scriptedTick(NOW - (7200 - second) * 1000, isPiled ? [waiter, holder] : quiet);
  });
  await scripted.history.appendTicks('db1', ticks);
  await scripted.history.saveDigests([
    { id: SQL, text: 'SELECT 1', truncated: false },
    { id: HOLDER, text: TEXT, truncated: false },
  ]);
  scripted.observer.set({ lastTickAtMs: NOW });
}

async function ask(api: Api, query = '', headers: Record<string, string> = {}): Promise<AnalysisAnswer> {
  const response = await api.request(`/api/targets/db1/analysis${query}`, { headers });
  const body: unknown = await response.json();
  expect({ status: response.status, body }).toMatchObject({ status: 200 });
  expect(analysisAnswer.parse(body)).toEqual(body);
  return analysisAnswer.parse(body);
}

beforeEach(async () => {
  scripted = scriptedApi({ access: { kind: 'loopback', token: TOKEN } });
  await withPileUp();
});

describe('GET /api/targets/TARGET/analysis', () => {
  const authorization = `Bearer ${TOKEN}`;

  test('finds the pile-up of the last hour, with the hour before as its baseline', async () => {
    const { meta, summary, findings } = await ask(scripted.api, '', { authorization });
    expect(meta).toMatchObject({ target: 'db1', fromMs: NOW - 3_600_000, toMs: NOW });
    expect(meta.baseline).toMatchObject({ toMs: NOW - 3_600_000, aas: expect.closeTo(0.1) });
    const [chain] = findings;
    expect(chain).toMatchObject({
      kind: 'lock-chain',
      severity: 'high',
      title: '5 sessions waited for pid 4711 (app_shop, shop-admin), which was idle in transaction',
      fromMs: NOW - 1_800_000,
      toMs: NOW - 1_780_000,
    });
    expect(chain?.evidence).toContainEqual({ name: 'it ran last', value: TEXT });
    expect(summary.at(-1)).toContain(chain?.title);
  });

  test('counts those who waited by the second in a long window, too', async () => {
    const { findings } = await ask(scripted.api, '?from=-2h', { authorization });
    expect(findings[0]).toMatchObject({
      title: expect.stringMatching(/^5 sessions waited/),
      fromMs: NOW - 1_800_000,
      toMs: NOW - 1_780_000,
    });
  });

  test('holds no text of SQL for who is not trusted', async () => {
    const answer = await ask(scripted.api);
    expect(answer.findings[0]?.title).toMatch(/^5 sessions waited for pid 4711 \(app_shop, shop-admin\)/);
    expect(JSON.stringify(answer)).not.toContain('products');
    expect(answer.findings[0]?.evidence).toContainEqual({
      name: 'it ran last',
      value: `statement ${HOLDER}`,
    });
  });

  test('of a quiet window and of one before the record says so', async () => {
    const quiet = await ask(scripted.api, '?from=-10m');
    expect(quiet.findings).toEqual([]);
    expect(quiet.summary[0]).toBe('Nothing stands out in these 10 min.');
    const earlier = await ask(scripted.api, '?from=-2d&to=-1d');
    expect(earlier).toMatchObject({ meta: { aas: null, baseline: null }, findings: [] });
    expect(earlier.summary).toEqual([
      'Nothing was observed in this window, so nothing can be said about it.',
      'The record begins later.',
    ]);
  });

  test('takes ticks that are longer than a second for what they are', async () => {
    const { api, history, observer } = scriptedApi();
    observer.set({ intervalMs: 5000 });
    const ticks = Array.from({ length: 720 }, (_, index) =>
      scriptedTick(NOW - (720 - index) * 5000, [scriptedSample(1000, { 'db.wait_event': 'CPU' })], {
        durationMs: 5000,
        source: 'session',
      }),
    );
    await history.appendTicks('db1', ticks);
    const { meta, findings } = await ask(api, '?from=-20m');
    expect(findings).toEqual([]);
    expect(meta.aas).toBeCloseTo(0.2);
    // Nobody knows the length of its ticks any more.
    observer.set({ intervalMs: 1000 });
    expect((await ask(api, '?from=-20m')).findings).toEqual([]);
  });

  test('reads decisions about capacity out of the record', async () => {
    const fleet = new ScriptedFleet();
    await fleet.create({ name: 'db1', minCapacity: 0.5, maxCapacity: 4 });
    const { api, history } = scriptedApi({ fleet });
    const decision = {
      kind: 'full',
      fromAcu: 4,
      toAcu: 4,
      parts: { cpu: 9.2, memory: 1, network: 0, connections: null },
      binding: 'cpu',
      demandAcu: 9.2,
      hold: { kind: 'demand', resource: 'cpu', untilMs: null },
      cap: 'maximum',
      hostSaturated: false,
      cpu: null,
      pause: null,
      reason: 'stays at 4 ACU',
    };
    await history.appendTicks('db1', [scriptedTick(NOW - 120_000), scriptedTick(NOW - 60_000)]);
    const atMs = Array.from({ length: 6 }, (_, index) => NOW - 120_000 + index * 10_000);
    const older = { atMs: NOW - 50_000, decision: { words: 'of an older version' } };
    await history.appendDecisions('db1', [...atMs.map((at) => ({ atMs: at, decision })), older]);
    const { findings } = await ask(api);
    expect(findings.find(({ kind }) => kind === 'capacity-at-maximum')).toMatchObject({
      title: expect.stringMatching(/^Capacity was held at 4 ACU by its maximum .* CPU asked for up to 9.2$/),
      advice: [
        expect.stringContaining('(this host has 8 ACU at most): airglow cluster modify db1 --max-capacity 8'),
        expect.anything(),
      ],
    });
  });

  test('refuses targets and parameters that it does not know', async () => {
    const unknown = await scripted.api.request('/api/targets/nobody/analysis');
    expect(unknown.status).toBe(404);
    const misspelt = await scripted.api.request('/api/targets/db1/analysis?form=-1h');
    expect(misspelt.status).toBe(400);
  });
});

describe('values by period', () => {
  test('growth is spread over the time in which it came about', () => {
    expect(spreadOver([null, null, 9, null, 4], 10)).toEqual([3, 3, 3, 2, 2]);
    expect(spreadOver([null, null, null, 8, null], 1)).toEqual([null, null, 4, 4, null]);
    expect(spreadOver([5, 6], 0)).toEqual([5, 6]);
  });

  test('a gauge holds for a while', () => {
    expect(heldFor([null, 4, null, null, null, 2], 2)).toEqual([null, 4, 4, 4, null, 2]);
  });

  test('those who waited are counted from the first to the last of them', () => {
    const waiting = {
      atMs: [0, 1000, 2000, 3000],
      periodSeconds: 1 as const,
      series: [{ key: 'a', aas: [0, 2, 7, null] }],
    };
    expect(extentOf('a', waiting)).toEqual({ mostWaiting: 7, blocked: { fromMs: 1000, toMs: 3000 } });
    expect(extentOf('b', waiting)).toBeNull();
  });
});
