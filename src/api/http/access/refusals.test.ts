import { beforeAll, describe, expect, test } from 'vitest';
import { scriptedApi, withLoad } from '../../../../test/kit/scripted-api.ts';
import { errorAnswer } from '../../contracts.ts';

const scripted = scriptedApi();
beforeAll(() => withLoad(scripted));

async function refusal(path: string, init: RequestInit = {}, api = scripted.api) {
  const response = await api.request(path, init);
  return { status: response.status, headers: response.headers, ...errorAnswer.parse(await response.json()) };
}

describe('what is wrong with a question is said by parameter', () => {
  test.each([
    ['load?from=yesterday', /^from must be ISO 8601/],
    ['load?from=', /^from is empty/],
    ['load?from=-1h&from=-2h', /^from is given more than once/],
    ['load?from=now&to=-1h', /must be before to/],
    ['load?period=7', /^period must be one of 1, 60, 300, 3600, 86400/],
    ['load?period=1&from=-1d', /use period=60/],
    ['load?group_by=user', /^group_by must be one of db\.wait_event/],
    ['load?limit=0', /^limit must be from 1 to 100/],
    ['load?limit=1e3', /^limit must be a whole number/],
    ['load?limit=-1', /^limit must be a whole number/],
    ['load?filter=app', /^filter must be DIMENSION:VALUE/],
    ['load?filter=__proto__:x', /^filter must be DIMENSION:VALUE/],
    [`load?filter=db.user:${'x'.repeat(600)}`, /^filter is longer than 512 characters/],
    [`load?${'filter=db.user:a&'.repeat(51)}`, /^filter may be given at most 50 times/],
    ['load?activity=busy', /^activity must be one of active/],
    ['load?groupby=db.user', /^unknown parameter groupby/],
    ['load?__proto__=1', /^unknown parameter/],
    ['load?from=x&limit=y', /^from .*; limit /],
    ['top?partition_by=x', /^partition_by must be one of/],
    ['top?period=60', /^unknown parameter period/],
    ['counters', /^metric is required/],
    ['counters?metric=', /^metric is empty/],
    ['events?severity=bad', /^severity must be one of info, warning, error/],
    ['events?limit=100000', /^limit must be from 1 to 1000/],
    ['statements?limit=%00', /^limit must be a whole number/],
    ['sessions?x=1', /^unknown parameter x/],
  ])('%s', async (question, message) => {
    const answer = await refusal(`/api/targets/db1/${question}`);
    expect(answer).toMatchObject({
      status: 400,
      code: 'INVALID_QUERY',
      message: expect.stringMatching(message) as string,
    });
    expect(answer.message.length).toBeLessThanOrEqual(600);
  });

  test('live and metrics check theirs too', async () => {
    expect(await refusal('/api/live?group_by=x')).toMatchObject({ status: 400, code: 'INVALID_QUERY' });
    expect(await refusal('/api/live?target=nobody')).toMatchObject({ status: 404, code: 'UNKNOWN_TARGET' });
    expect(await refusal('/metrics?x=1')).toMatchObject({ status: 400 });
  });
});

test('an unknown target is named, with those that are known', async () => {
  const { status, code, message } = await refusal('/api/targets/db3/load');
  expect({ status, code }).toEqual({ status: 404, code: 'UNKNOWN_TARGET' });
  expect(message).toBe('no target is called "db3"; known: db1, db2');
  expect(await refusal(`/api/targets/${'x'.repeat(5000)}/load`)).toMatchObject({ status: 404 });
  expect(await refusal('/api/targets/..%2f..%2fetc%2fpasswd/load')).toMatchObject({ status: 404 });
});

test('other addresses, methods and sizes', async () => {
  expect(await refusal('/api/nothing')).toMatchObject({ status: 404, code: 'NOT_FOUND' });
  const post = await refusal('/api/health', { method: 'POST', body: '{}' });
  expect(post).toMatchObject({ status: 405, code: 'METHOD_NOT_ALLOWED' });
  expect(post.headers.get('allow')).toBe('GET, HEAD');
  expect(await refusal(`/api/health?${'x'.repeat(20_000)}`)).toMatchObject({
    status: 413,
    code: 'TOO_LARGE',
  });
});

test('on loopback the Host header must be a loopback name', async () => {
  const withHost = (host: string) => scripted.api.request('/api/health', { headers: { host } });
  for (const host of ['localhost', 'localhost:8642', '127.0.0.1:8642', '[::1]:8642', 'LOCALHOST']) {
    expect({ host, status: (await withHost(host)).status }).toEqual({ host, status: 200 });
  }
  for (const host of [
    'evil.example',
    'localhost.evil.example:8642',
    '127.0.0.1.evil.example',
    '10.0.0.1',
    '',
  ]) {
    expect({ host, status: (await withHost(host)).status }).toEqual({ host, status: 403 });
  }
});

test('a page of another site may not use the API, nor is it told that it may', async () => {
  const headers = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' };
  expect(await refusal('/api/live', { headers })).toMatchObject({ status: 403, code: 'FORBIDDEN' });
  const response = await scripted.api.request('/api/health', { headers: { origin: 'http://evil.example' } });
  expect(response.headers.get('access-control-allow-origin')).toBeNull();
});

test('elsewhere than on loopback every request needs the token', async () => {
  const { api } = scriptedApi({ access: { kind: 'token', token: 'right' } });
  const withToken = (authorization: string) =>
    api.request('/api/health', { headers: { authorization, host: 'db.example' } });
  for (const path of ['/', '/api/health', '/api/targets', '/api/live', '/metrics', '/api/nothing']) {
    const answer = await refusal(path, {}, api);
    expect({ path, ...answer }).toMatchObject({ path, status: 401, code: 'UNAUTHORIZED' });
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
  }
  expect((await withToken('Bearer wrong')).status).toBe(401);
  expect((await withToken('Basic right')).status).toBe(401);
  expect((await withToken('Bearer ')).status).toBe(401);
  expect((await withToken('Bearer right')).status).toBe(200);
});

test('what fails inside is logged and not told', async () => {
  const { history, ...rest } = scriptedApi();
  await withLoad({ history, ...rest });
  const failing = Object.assign(Object.create(history) as typeof history, {
    targets: () => Promise.reject(new Error('secret of the inside')),
  });
  const log: string[] = [];
  const { api } = scriptedApi({ history: failing, log: (line) => log.push(line) });
  const answer = await refusal('/api/targets', {}, api);
  expect(answer).toMatchObject({ status: 500, code: 'INTERNAL' });
  expect(answer.message).not.toContain('secret');
  expect(log.join()).toContain('secret of the inside');
});
