import { beforeEach, describe, expect, test } from 'vitest';
import { NOW, scriptedApi } from '../../../../test/kit/scripted-api.ts';
import { ScriptedFleet, scriptedDecision } from '../../../../test/kit/scripted-fleet.ts';
import { parseMetrics } from '../../../../test/kit/prometheus-text.ts';
import { AirglowError } from '../../../errors.ts';
import type { ErrorCode } from '../../../errors.ts';
import * as contracts from '../../contracts.ts';

const TOKEN = 't'.repeat(40);
let fleet: ScriptedFleet;
let scripted: ReturnType<typeof scriptedApi>;

beforeEach(async () => {
  fleet = new ScriptedFleet();
  await fleet.create({ name: 'shop', parameters: { archive_command: 'upload --key s3cret' } });
  fleet.asked.length = 0;
  scripted = scriptedApi({ fleet, access: { kind: 'loopback', token: TOKEN } });
});

interface Asked {
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

/** As whoever has the token, unless other headers are given. */
async function ask(path: string, { method = 'GET', body, headers = {} }: Asked = {}) {
  const response = await scripted.api.request(path, {
    method,
    headers: {
      authorization: `Bearer ${TOKEN}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return { status: response.status, headers: response.headers, json: await response.json() };
}

describe('reading', () => {
  test('all databases, and the host that they share', async () => {
    const { json } = await ask('/api/clusters');
    const { host, clusters } = contracts.clustersAnswer.parse(json);
    expect(host).toEqual({ cpus: 2, memoryBytes: 16 * 1024 ** 3, budgetAcu: 8, enforcementNote: null });
    expect(clusters).toEqual(fleet.list());
  });

  test('one of them, as the fleet describes it', async () => {
    fleet.decide('shop', scriptedDecision(NOW));
    const { json } = await ask('/api/clusters/shop');
    expect(contracts.clusterAnswer.parse(json)).toEqual(fleet.describe('shop'));
  });

  test('why it has its capacity', async () => {
    fleet.decide('shop', scriptedDecision(NOW));
    const { json } = await ask('/api/clusters/shop/explain');
    expect(contracts.explanationAnswer.parse(json)).toEqual(fleet.explain('shop'));
  });

  test('decisions out of the record, newest first, also those of another shape', async () => {
    const decision = { toAcu: 2.5, reason: 'because' };
    await scripted.history.appendDecisions('shop', [
      { atMs: NOW - 3000, decision: { old: true } },
      { atMs: NOW - 2000, decision },
    ]);
    const { json } = await ask('/api/clusters/shop/decisions?from=-1m&limit=5');
    expect(contracts.decisionsAnswer.parse(json)).toEqual({
      meta: { name: 'shop', fromMs: NOW - 60_000, toMs: NOW },
      decisions: [
        { atMs: NOW - 2000, reason: 'because', decision: { toAcu: 2.5 } },
        { atMs: NOW - 3000, reason: null, decision: { old: true } },
      ],
    });
    const { json: one } = await ask('/api/clusters/shop/decisions?limit=1');
    expect(contracts.decisionsAnswer.parse(one).decisions).toHaveLength(1);
  });

  test('the way to connect, and the log', async () => {
    const { json } = await ask('/api/clusters/shop/url?database=crm');
    expect(contracts.urlAnswer.parse(json).url).toBe('postgres://postgres:geheim@127.0.0.1:54321/crm');
    fleet.log.push('ERROR:  one', 'ERROR:  two');
    const logs = contracts.logsAnswer.parse((await ask('/api/clusters/shop/logs?lines=2')).json);
    expect(logs).toEqual({ name: 'shop', lines: ['ERROR:  one', 'ERROR:  two'] });
    expect((await ask('/api/clusters/shop/logs?lines=0')).status).toBe(400);
  });

  test('one that is not there', async () => {
    for (const path of ['', '/explain', '/url', '/logs', '/decisions', '/capacity']) {
      const answer = await ask(`/api/clusters/crm${path}`);
      expect({ path, ...answer }).toMatchObject({ status: 404, json: { code: 'CLUSTER_NOT_FOUND' } });
    }
  });

  test('the index lists the addresses, and each answers', async () => {
    const { json } = await ask('/');
    const paths = Object.keys((json as { endpoints: Record<string, string> }).endpoints);
    expect(paths.filter((path) => path.startsWith('/api/clusters'))).toHaveLength(7);
    for (const path of paths.filter((one) => one.includes('/clusters'))) {
      expect({ path, status: (await ask(path.replace('CLUSTER', 'shop'))).status }).toEqual({
        path,
        status: 200,
      });
    }
  });
});

describe('changing', () => {
  test('creates, with the defaults filled in', async () => {
    const answer = await ask('/api/clusters', { method: 'POST', body: { name: 'crm', maxCapacity: 2 } });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('location')).toBe('/api/clusters/crm');
    expect(contracts.clusterAnswer.parse(answer.json)).toMatchObject({ name: 'crm', status: 'available' });
    expect(fleet.asked).toEqual([{ name: 'crm', minCapacity: 0.5, maxCapacity: 2 }]);
  });

  test('modifies; bounds are held against those that stay', async () => {
    const answer = await ask('/api/clusters/shop', { method: 'PATCH', body: { maxCapacity: 4 } });
    expect(answer).toMatchObject({ status: 200, json: { capacity: { min: 0.5, max: 4 } } });
    const refused = await ask('/api/clusters/shop', { method: 'PATCH', body: { minCapacity: 6 } });
    expect(refused).toMatchObject({
      status: 400,
      json: { code: 'INVALID_ARGUMENT', message: expect.stringContaining('(6 ACU) is above') as string },
    });
  });

  test('stops, starts and deletes', async () => {
    expect(await ask('/api/clusters/shop/stop', { method: 'POST' })).toMatchObject({
      json: { status: 'stopped' },
    });
    const start = { method: 'POST', body: {} };
    expect(await ask('/api/clusters/shop/start', start)).toMatchObject({ json: { status: 'available' } });
    expect(await ask('/api/clusters/shop', { method: 'DELETE' })).toMatchObject({
      status: 200,
      json: { name: 'shop', deleted: true },
    });
    expect(fleet.list()).toEqual([]);
  });

  test.each([
    ['CLUSTER_EXISTS', 409],
    ['WRONG_STATUS', 409],
    ['PORT_IN_USE', 409],
    ['SETTING_REFUSED', 400],
    ['POSTGRES_NOT_FOUND', 400],
    ['POSTGRES_FAILED', 500],
    ['CLUSTER_NOT_FOUND', 404],
  ] as [ErrorCode, number][])('what the fleet raises as %s comes as %i', async (code, status) => {
    fleet.create = () => Promise.reject(new AirglowError(code, 'what was wrong'));
    const answer = await ask('/api/clusters', { method: 'POST', body: { name: 'crm' } });
    expect(answer).toMatchObject({ status, json: { code, message: 'what was wrong' } });
  });

  test.each([
    ['{"name":', 400, 'INVALID_ARGUMENT'],
    ['{"name":"crm","x":1}', 400, 'INVALID_ARGUMENT'],
    [`{"name":"${'x'.repeat(70_000)}"}`, 413, 'TOO_LARGE'],
  ])('refuses the body %.20s', async (body, status, code) => {
    expect(await ask('/api/clusters', { method: 'POST', body })).toMatchObject({ status, json: { code } });
    expect(fleet.asked).toEqual([]);
  });

  test('a body without an end is not read to the end', async () => {
    let sent = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 1;
        controller.enqueue(new Uint8Array(16 * 1024));
      },
    });
    const init = {
      method: 'POST',
      body: endless,
      duplex: 'half' as const,
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
    };
    expect((await scripted.api.request('/api/clusters', init)).status).toBe(413);
    expect(sent).toBeLessThan(10);
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', ''])(
    'refuses a body of type %j, as forms of other sites send it',
    async (type) => {
      const post = { method: 'POST', body: '{"name":"crm"}', headers: { 'content-type': type } };
      expect(await ask('/api/clusters', post)).toMatchObject({
        status: 415,
        json: { code: 'UNSUPPORTED_MEDIA_TYPE' },
      });
      expect((await ask('/api/clusters/shop/stop', post)).status).toBe(415);
      expect(fleet.describe('shop').status).toBe('available');
    },
  );
});

describe('who may do what on loopback', () => {
  const anybody = { authorization: '' };
  const secrets = [
    '/api/clusters/shop/url',
    '/api/clusters/shop/logs',
    '/api/targets/db1/sessions',
    '/api/targets/db1/statements',
    '/api/targets/db1/top?group_by=db.sql_tokenized',
    '/api/targets/db1/top?partition_by=db.blocking_sql',
    '/api/targets/db1/load?group_by=db.sql_tokenized',
  ];
  const figures = [
    '/',
    '/api/health',
    '/api/targets',
    '/api/clusters',
    '/api/clusters/shop',
    '/api/clusters/shop/explain',
    '/api/clusters/shop/decisions',
    '/api/targets/db1/top?group_by=db.user',
    '/api/targets/db1/load',
  ];

  test.each(figures)('%s needs no token', async (path) => {
    expect((await ask(path, { headers: anybody })).status).toBe(200);
  });

  test.each(secrets)('%s needs the token', async (path) => {
    const refused = await ask(path, { headers: anybody });
    expect(refused).toMatchObject({ status: 401, json: { code: 'UNAUTHORIZED' } });
    expect(refused.headers.get('www-authenticate')).toBe('Bearer');
    expect((await ask(path, { headers: { authorization: 'Bearer wrong' } })).status).toBe(401);
    expect((await scripted.api.request(path, { method: 'HEAD' })).status).toBe(401);
    expect((await ask(path)).status).toBe(200);
  });

  test('settings may hold a secret, so they are shown with the token only', async () => {
    const all = await ask('/api/clusters', { headers: anybody });
    const one = await ask('/api/clusters/shop', { headers: anybody });
    expect(JSON.stringify([all.json, one.json])).not.toContain('s3cret');
    expect(contracts.clusterAnswer.parse(one.json).parameters).toBeNull();
    expect(JSON.stringify((await ask('/api/clusters/shop')).json)).toContain('s3cret');
  });

  test('the end of a log may hold SQL, so it is shown with the token only', async () => {
    const statusReason = 'PostgreSQL ended with code 1:\nSTATEMENT: select 1 as s3cret';
    fleet.change('shop', { status: 'failed', statusReason });
    const answers = ['/api/clusters', '/api/clusters/shop', '/api/health'].map(async (path) =>
      JSON.stringify((await ask(path, { headers: anybody })).json),
    );
    for (const answer of await Promise.all(answers)) {
      expect(answer).toContain('PostgreSQL ended with code 1');
      expect(answer).not.toContain('s3cret');
    }
    expect(JSON.stringify((await ask('/api/clusters/shop')).json)).toContain('s3cret');
  });

  test.each([
    ['POST', '/api/clusters', { name: 'crm' }],
    ['PATCH', '/api/clusters/shop', { maxCapacity: 1 }],
    ['POST', '/api/clusters/shop/stop', {}],
    ['POST', '/api/clusters/shop/start', {}],
    ['DELETE', '/api/clusters/shop', {}],
  ])('%s %s needs the token, and is for no page of another site', async (method, path, body) => {
    const before = JSON.stringify(fleet.list());
    expect((await ask(path, { method, body, headers: anybody })).status).toBe(401);
    for (const headers of [
      { origin: 'http://evil.example' },
      { origin: 'null' },
      { origin: 'http://localhost:3000' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { host: 'evil.example' },
    ]) {
      const refused = await ask(path, { method, body, headers });
      expect({ with: headers, status: refused.status, json: refused.json }).toMatchObject({
        status: 403,
        json: { code: 'FORBIDDEN' },
      });
    }
    expect(JSON.stringify(fleet.list())).toBe(before);
    const own = { origin: 'http://localhost', 'sec-fetch-site': 'same-origin' };
    expect((await ask(path, { method, body, headers: own })).status).toBeLessThan(300);
  });

  test('over the control socket everything is allowed, whatever the Host header says', async () => {
    const env = { isOwner: true };
    const headers = { host: 'control.sock' };
    const url = await scripted.api.request('/api/clusters/shop/url', { headers }, env);
    expect(url.status).toBe(200);
    const deleted = await scripted.api.request('/api/clusters/shop', { method: 'DELETE', headers }, env);
    expect(deleted.status).toBe(200);
  });

  test('methods that there are not, and addresses that cannot be changed', async () => {
    const options = await ask('/api/clusters/shop', { method: 'OPTIONS', body: {} });
    expect(options).toMatchObject({ status: 405, json: { code: 'METHOD_NOT_ALLOWED' } });
    expect(options.headers.get('allow')).toBe('GET, HEAD, POST, PUT, PATCH, DELETE');
    expect((await ask('/api/health', { method: 'POST', body: {} })).status).toBe(404);
  });

  test('without databases of its own the API only reads, and no address of theirs is there', async () => {
    scripted = scriptedApi();
    expect((await ask('/api/clusters')).status).toBe(404);
    expect((await ask('/api/clusters', { method: 'POST', body: { name: 'crm' } })).status).toBe(405);
    expect((await ask('/api/targets/db1/sessions', { headers: anybody })).status).toBe(200);
  });
});

describe('the rest of the API', () => {
  test('a stopped database is a target that nobody watches', async () => {
    await fleet.stop('shop');
    const { targets } = contracts.targetsAnswer.parse((await ask('/api/targets')).json);
    expect(targets.find(({ target }) => target === 'shop')).toMatchObject({ watched: false, load: null });
    expect((await ask('/api/targets/shop/events')).status).toBe(200);
    expect(await ask('/api/targets/shop/sessions')).toMatchObject({
      status: 409,
      json: { code: 'WRONG_STATUS', message: expect.stringContaining('shop is stopped') as string },
    });
  });

  test('a database that failed is a problem', async () => {
    fleet.change('shop', { status: 'failed', statusReason: 'its port is taken' });
    const health = contracts.healthAnswer.parse((await ask('/api/health')).json);
    expect(health.status).toBe('degraded');
    expect(health.problems).toContain('shop: failed: its port is taken');
  });

  test('metrics', async () => {
    fleet.decide('shop', scriptedDecision(NOW));
    fleet.change('shop', { enforced: false });
    const metrics = parseMetrics(await (await scripted.api.request('/metrics')).text());
    const of = (name: string, labels = '') => metrics.get(`airglow_${name}{target="shop"${labels}}`);
    expect(of('serverless_database_capacity')).toBe(2.5);
    expect([of('min_capacity_acu'), of('max_capacity_acu')]).toEqual([0.5, 8]);
    expect(of('acu_utilization')).toBe(2.5 / 8);
    expect(of('acu_seconds_total')).toBe(9000);
    expect(of('demand_acu', ',resource="cpu"')).toBe(2.3);
    expect(metrics.has('airglow_demand_acu{target="shop",resource="connections"}')).toBe(false);
    expect(of('capacity_enforced')).toBe(0);
    expect(of('cluster_status', ',status="available"')).toBe(1);
    expect(of('cluster_status', ',status="stopped"')).toBe(0);
    expect(metrics.get('airglow_host_budget_acu')).toBe(8);
  });

  test('decisions and statuses are followed live, also of databases that come later', async () => {
    const response = await scripted.api.request('/api/live');
    const reader = response.body!.getReader();
    const decoder = new TextDecoder();
    const next = async () => decoder.decode((await reader.read()).value);
    expect(await next()).toContain('"targets":["db1","db2","shop"]');
    await fleet.create({ name: 'crm' });
    expect(await next()).toBe('event: status\ndata: {"target":"crm","status":"available"}\n\n');
    expect(await next()).toMatch(/^event: event\ndata: {"target":"crm",.*"kind":"created"/);
    const decision = scriptedDecision(NOW);
    fleet.decide('crm', decision);
    const message = await next();
    expect(message).toMatch(/^event: decision\n/);
    const data = JSON.parse(/^data: (.*)$/m.exec(message)?.[1] ?? '') as unknown;
    expect(contracts.liveMessages.decision.parse(data)).toEqual({ target: 'crm', ...decision });
    await reader.cancel();
    expect((await scripted.api.request('/api/live?target=shop')).status).toBe(200);
    expect((await scripted.api.request('/api/live?target=nobody')).status).toBe(404);
  });
});
