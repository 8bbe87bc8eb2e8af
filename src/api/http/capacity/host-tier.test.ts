import { beforeEach, describe, expect, test } from 'vitest';
import { scriptedApi } from '../../../../test/kit/scripted-api.ts';
import { ScriptedFleet } from '../../../../test/kit/scripted-fleet.ts';
import { AirglowError } from '../../../errors.ts';
import * as contracts from '../../contracts.ts';

const TOKEN = 't'.repeat(40);
const PATH = '/api/host/tiered-cache';
const REQUEST = { path: '/mnt/nvme', sizeBytes: 2 ** 30 };
let fleet: ScriptedFleet;
let scripted: ReturnType<typeof scriptedApi>;

beforeEach(() => {
  fleet = new ScriptedFleet();
  scripted = scriptedApi({ fleet, access: { kind: 'loopback', token: TOKEN } });
});

async function ask(method: string, body?: unknown, headers: Record<string, string> = {}) {
  const response = await scripted.api.request(PATH, {
    method,
    headers: {
      authorization: `Bearer ${TOKEN}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, json: (await response.json()) as Record<string, unknown> };
}

describe('the second tier of the host', () => {
  test('is shown to everybody who may read, and switched on and off by whoever may change', async () => {
    const anybody = { authorization: '' };
    expect(await ask('GET', undefined, anybody)).toMatchObject({ status: 200, json: { state: 'off' } });
    const on = await ask('PUT', REQUEST);
    expect(on).toMatchObject({ status: 200, json: { state: 'on', ...REQUEST } });
    expect(contracts.hostTierAnswer.parse(on.json)).toEqual(on.json);
    expect(await ask('DELETE')).toMatchObject({ status: 200, json: { state: 'off', path: null } });
    expect(fleet.tier.asked).toEqual([REQUEST, 'disable']);
  });

  test('tells without a change whether it could be had', async () => {
    expect(await ask('PUT', { ...REQUEST, dryRun: true })).toMatchObject({
      status: 200,
      json: { state: 'off' },
    });
    expect(await ask('PUT', { ...REQUEST, dryRun: 'yes' })).toMatchObject({ status: 400 });
    expect(fleet.tier.asked).toEqual([]);
  });

  test('is changed by nobody without the token, and by no page of another site', async () => {
    for (const method of ['PUT', 'DELETE']) {
      const body = method === 'PUT' ? REQUEST : undefined;
      expect((await ask(method, body, { authorization: '' })).status).toBe(401);
      expect((await ask(method, body, { authorization: 'Bearer wrong' })).status).toBe(401);
      expect((await ask(method, body, { origin: 'http://evil.example' })).status).toBe(403);
    }
    expect(fleet.tier.asked).toEqual([]);
  });

  test('takes whole paths and whole bytes only, and nothing that it does not know', async () => {
    for (const body of [
      { ...REQUEST, path: 'mnt/nvme' },
      { ...REQUEST, sizeBytes: 1000 },
      { ...REQUEST, sizeBytes: 2 ** 30 + 0.5 },
      { ...REQUEST, force: true },
      { path: '/mnt/nvme' },
    ]) {
      expect(await ask('PUT', body)).toMatchObject({ status: 400, json: { code: 'INVALID_ARGUMENT' } });
    }
    expect((await ask('DELETE', { path: '/mnt/nvme' })).status).toBe(400);
    expect(fleet.tier.asked).toEqual([]);
  });

  test('answers refusals as conflicts', async () => {
    fleet.tier.disable = async () => {
      throw new AirglowError('TIER_IN_USE', 'shop runs with it');
    };
    expect(await ask('DELETE')).toEqual({
      status: 409,
      json: { code: 'TIER_IN_USE', message: 'shop runs with it' },
    });
  });

  test('is not there where no databases are run', async () => {
    scripted = scriptedApi();
    expect((await ask('GET')).status).toBe(404);
    expect((await ask('PUT', REQUEST)).status).toBe(405);
  });
});
