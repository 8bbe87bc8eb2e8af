import { beforeEach, describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { BUSY_SQL, NOW, scriptedApi, withLoad } from '../../../test/kit/scripted-api.ts';
import { scriptedTick } from '../../../test/kit/scripted-observer.ts';
import * as contracts from '../contracts.ts';

let scripted: ReturnType<typeof scriptedApi>;

beforeEach(async () => {
  scripted = scriptedApi();
  await withLoad(scripted);
});

/** The answer, which must hold to its contract to the letter. */
async function ask<Schema extends z.ZodType>(path: string, schema: Schema): Promise<z.output<Schema>> {
  const response = await scripted.api.request(path);
  const body: unknown = await response.json();
  expect({ status: response.status, body }).toMatchObject({ status: 200 });
  expect(schema.parse(body)).toEqual(body);
  return schema.parse(body);
}

describe('targets and health', () => {
  test('all is well', async () => {
    const health = await ask('/api/health', contracts.healthAnswer);
    expect(health).toMatchObject({
      status: 'ok',
      problems: [],
      version: '1.2.3',
      targets: { watched: 2, connected: 2 },
    });
  });

  test('a target without a connection is a problem, said without hiding the rest', async () => {
    scripted.observers[1]!.set({
      connection: 'waiting to reconnect',
      lastError: { code: 'DATABASE_REFUSED', message: 'nobody listens at db2:5432', atMs: NOW },
    });
    const health = await ask('/api/health', contracts.healthAnswer);
    expect(health.status).toBe('degraded');
    expect(health.problems).toEqual(['db2: waiting to reconnect: nobody listens at db2:5432']);
  });

  test('targets come with the load of the last minute; a gap has none', async () => {
    const { targets } = await ask('/api/targets', contracts.targetsAnswer);
    expect(targets.map(({ target, load }) => [target, load?.aas ?? null])).toEqual([
      ['db1', 1.5],
      ['db2', null],
    ]);
    expect(targets[0]).toMatchObject({ watched: true, source: 'kernel', lastMs: NOW - 1000 });
    expect(targets[0]?.load).toMatchObject({
      cpu: 1,
      cpuRunning: 1,
      cpuWaiting: 0,
      nonCpu: 0.5,
      relativeToVcpus: 0.75,
      idleInTransaction: 1,
    });
  });

  test('a target that only the history knows can be asked about, but has no sessions', async () => {
    await scripted.history.appendTicks('gone', [scriptedTick(NOW - 5000)]);
    const target = await ask('/api/targets/gone', contracts.targetAnswer);
    expect(target).toMatchObject({ watched: false, connection: null, engine: null, firstMs: NOW - 5000 });
    const { meta } = await ask('/api/targets/gone/load', contracts.loadAnswer);
    expect(meta).toMatchObject({ aas: 0, coveredSeconds: 1, source: null });
    expect((await scripted.api.request('/api/targets/gone/sessions')).status).toBe(404);
  });
});

describe('load and top', () => {
  test('the series of the load, its gap and its average', async () => {
    const { meta, atMs, coveredMs, series } = await ask(
      '/api/targets/db1/load?from=-10m',
      contracts.loadAnswer,
    );
    expect(meta).toMatchObject({
      periodSeconds: 1,
      groupBy: null,
      activity: 'active',
      coveredSeconds: 540,
      aas: 1.5,
    });
    expect(meta.gaps).toEqual([{ fromMs: NOW - 300_000, toMs: NOW - 240_000 }]);
    expect(atMs).toHaveLength(600);
    expect(coveredMs).toHaveLength(600);
    expect(series).toHaveLength(1);
    expect(series[0]?.aas[0]).toBe(1.5);
    expect(series[0]?.aas[310]).toBeNull();
  });

  test('pauses are covered time without load', async () => {
    const asleep = Array.from({ length: 60 }, (_, second) => ({
      ...scriptedTick(NOW - 119_000 + second * 1000),
      state: 'paused' as const,
    }));
    await scripted.history.appendTicks('gone', asleep);
    const { meta } = await ask('/api/targets/gone/load?from=-5m', contracts.loadAnswer);
    expect(meta).toMatchObject({ coveredSeconds: 60, aas: 0 });
    expect(meta.pauses).toEqual([{ fromMs: NOW - 120_000, toMs: NOW - 60_000 }]);
  });

  test('grouped, the series add up to the total, and to the top', async () => {
    const load = await ask(
      '/api/targets/db1/load?from=-10m&period=60&group_by=db.wait_event',
      contracts.loadAnswer,
    );
    const top = await ask('/api/targets/db1/top?from=-10m&group_by=db.wait_event', contracts.topAnswer);
    expect(load.series.map(({ key, averageAas }) => ({ key, aas: averageAas }))).toEqual(
      top.rows.map(({ key, aas }) => ({ key, aas })),
    );
    expect(load.meta.aas).toBeCloseTo(1.5, 9);
    expect(top.meta).toMatchObject({
      aas: 1.5,
      coveredSeconds: 540,
      groupBy: 'db.wait_event',
      partitionBy: null,
    });
  });

  test('filters: one dimension is OR-ed, several are AND-ed, values may hold colons', async () => {
    const total = async (filter: string) =>
      (await ask(`/api/targets/db1/top?${filter}`, contracts.topAnswer)).meta.aas;
    expect(await total('filter=db.user:app')).toBe(1);
    expect(await total('filter=db.user:app&filter=db.user:batch')).toBe(1.5);
    expect(await total('filter=db.user:app&filter=db.wait_event:Lock:tuple')).toBe(0);
    expect(await total('filter=db.wait_event:Lock:tuple')).toBe(0.5);
    expect(await total('activity=idle%20in%20transaction')).toBe(1);
  });

  test('digests are labelled with their text, in rows and partitions', async () => {
    const path = '/api/targets/db1/top?group_by=db.sql_tokenized&partition_by=db.wait_event&limit=1';
    const { rows } = await ask(path, contracts.topAnswer);
    expect(rows).toEqual([
      {
        key: BUSY_SQL,
        label: 'SELECT * FROM t WHERE id = $1',
        aas: 1,
        partitions: [{ key: 'CPU:Running', label: 'CPU:Running', aas: 1 }],
      },
    ]);
    const other = await ask(
      '/api/targets/db1/top?group_by=db.user&partition_by=db.sql_tokenized',
      contracts.topAnswer,
    );
    expect(other.rows[0]?.partitions[0]?.label).toBe('SELECT * FROM t WHERE id = $1');
  });

  test('nothing recorded is null, not zero', async () => {
    const { meta, series } = await ask('/api/targets/db2/load', contracts.loadAnswer);
    expect(meta.aas).toBeNull();
    expect(series.every(({ aas }) => aas.every((value) => value === null))).toBe(true);
    expect((await ask('/api/targets/db2/top', contracts.topAnswer)).meta.aas).toBeNull();
  });
});

describe('sessions, statements, counters, events', () => {
  test('sessions carry the text of their statement', async () => {
    scripted.observer.seeSessions([
      {
        pid: 7,
        type: 'client backend',
        state: 'active',
        waitEvent: 'CPU:Running',
        sqlId: BUSY_SQL,
        user: 'app',
        host: '[local]',
        database: 'shop',
        application: 'web',
        leaderPid: null,
        blockedByPid: null,
        lock: null,
        waitMs: null,
        queryMs: 12,
        transactionMs: 20,
        load: 0.9,
      },
    ]);
    const { sessions } = await ask('/api/targets/db1/sessions', contracts.sessionsAnswer);
    expect(sessions).toMatchObject([{ pid: 7, sql: 'SELECT * FROM t WHERE id = $1' }]);
  });

  test('statements join the load with pg_stat_statements', async () => {
    const { statements } = await ask('/api/targets/db1/statements?from=-10m', contracts.statementsAnswer);
    expect(statements[0]).toMatchObject({
      sqlId: BUSY_SQL,
      sql: 'SELECT * FROM t WHERE id = $1',
      aas: 1,
      waits: [{ key: 'CPU:Running', aas: 1 }],
      statistics: { calls: 5400, callsPerSecond: 10, meanMs: 100, rows: 2700 },
    });
    expect(statements[1]).toMatchObject({ sql: null, statistics: null });
  });

  test('counters', async () => {
    const path =
      '/api/targets/db1/counters?metric=pg_stat_statements.calls&metric=pg_stat_statements.rows&limit=1';
    const { meta, series } = await ask(path, contracts.countersAnswer);
    expect(meta).toMatchObject({ periodSeconds: 60, leftOutSeries: 1 });
    expect(series).toMatchObject([{ metric: 'pg_stat_statements.calls', key: BUSY_SQL }]);
    expect(series[0]?.points.filter(({ value }) => value !== null)).toEqual([
      { atMs: NOW - 60_000, value: 5400 },
    ]);
  });

  test('events, newest first', async () => {
    const { events } = await ask('/api/targets/db1/events', contracts.eventsAnswer);
    expect(events.map(({ kind }) => kind)).toEqual(['reconnected', 'connection-lost']);
    const errors = await ask('/api/targets/db1/events?severity=error', contracts.eventsAnswer);
    expect(errors.events).toMatchObject([{ kind: 'connection-lost', data: { code: 'NO_ANSWER' } }]);
    const found = await ask('/api/targets/db1/events?search=BACK&severity=info', contracts.eventsAnswer);
    expect(found.events.map(({ kind }) => kind)).toEqual(['reconnected']);
    const lost = await ask('/api/targets/db1/events?search=connection-&limit=1', contracts.eventsAnswer);
    expect(lost.events.map(({ message }) => message)).toEqual(['lost']);
  });

  test('the index lists what there is', async () => {
    const index = (await (await scripted.api.request('/')).json()) as { endpoints: Record<string, string> };
    for (const path of Object.keys(index.endpoints)) {
      const response = await scripted.api.request(
        path.replace('TARGET', 'db1').replace('counters', 'counters?metric=m'),
      );
      expect({ path, status: response.status }).toEqual({ path, status: 200 });
      await response.body?.cancel();
    }
  });
});
