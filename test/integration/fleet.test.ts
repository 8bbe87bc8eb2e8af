import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBurners } from '../kit/burn.ts';
import { connectClient } from '../kit/client.ts';
import { openTestFleet } from '../kit/fleet.ts';
import type { TestFleet } from '../kit/fleet.ts';
import { waitFor } from '../kit/wait-for.ts';

const capacity = (test: TestFleet, name: string): number => test.fleet.describe(name).capacity.current;

describe('a serverless database', () => {
  let test: TestFleet;
  beforeAll(async () => {
    test = await openTestFleet();
    await test.fleet.create({ name: 'shop', engineVersion: 18 });
  });
  afterAll(async () => test[Symbol.asyncDispose]());

  it('falls to its minimum while nothing happens, and says why it is there', async () => {
    await waitFor(() => capacity(test, 'shop') === 0.5, { what: 'the minimum' });
    const { sentences } = test.fleet.explain('shop');
    expect(sentences[0]).toMatch(/^Capacity is 0\.5 ACU, between 0\.5 and \d/);
    expect(sentences.join(' ')).toContain('it is at its minimum');
  });

  it('rises with load within a moment, in one step, and falls again afterwards', async (ctx) => {
    const { enforced, enforcementNote } = test.fleet.describe('shop');
    if (!enforced) return ctx.skip(`nothing can be limited here: ${enforcementNote}`);
    await waitFor(() => capacity(test, 'shop') === 0.5, { what: 'the minimum' });
    const before = test.changes('shop').length;
    const burners = await startBurners(test.fleet.url('shop'), 8);
    await waitFor(() => capacity(test, 'shop') > 2, { what: 'a raise' });
    await burners.stop();
    expect(burners.counts.failed).toBe(0);
    const raises = test.changes('shop').slice(before);
    expect(raises[0]?.reason).toMatch(/^up from 0\.5 to .* ACU: CPU asks for /);
    expect(raises[0]?.decision.binding).toBe('cpu');
    // The very first look may have caught them as they logged in.
    expect(raises.map(({ reason }) => reason).join('\n')).toContain('waiting for the limit');
    await waitFor(() => capacity(test, 'shop') === 0.5, { what: 'the minimum again', timeoutMs: 90_000 });
    expect(test.changes('shop').every(({ decision }) => Number.isInteger(decision.toAcu * 2))).toBe(true);
  });

  it('is not moved by sessions that wait for a lock', async () => {
    await waitFor(() => capacity(test, 'shop') === 0.5, { what: 'the minimum' });
    await using holder = await connectClient(test.fleet.url('shop'));
    await holder.query(
      'create table if not exists held (id int primary key); insert into held values (1) on conflict do nothing',
    );
    await holder.query('begin; update held set id = 1');
    const waiters = await Promise.all(
      Array.from({ length: 20 }, () => connectClient(test.fleet.url('shop'))),
    );
    // Logging in costs CPU, and that may raise it.
    await waitFor(() => capacity(test, 'shop') === 0.5, { what: 'the minimum', timeoutMs: 90_000 });
    const before = test.changes('shop').length;
    const waiting = waiters.map(async (client) => client.query('update held set id = 1').catch(() => {}));
    await waitFor(() => (test.fleet.describe('shop').load?.nonCpu ?? 0) > 2, {
      what: 'load of waiting sessions',
    });
    expect(test.changes('shop').slice(before)).toEqual([]);
    await holder.query('rollback');
    await Promise.all(waiting);
    await Promise.all(waiters.map(async (client) => client[Symbol.asyncDispose]()));
  });

  it('meters what it has', async () => {
    const before = test.fleet.describe('shop');
    await waitFor(() => test.fleet.describe('shop').cost.runningSeconds > before.cost.runningSeconds + 3, {
      what: 'time to pass',
    });
    const after = test.fleet.describe('shop');
    const seconds = after.cost.runningSeconds - before.cost.runningSeconds;
    const acuSeconds = (after.acuHours - before.acuHours) * 3600;
    expect(acuSeconds).toBeGreaterThanOrEqual(0.5 * seconds - 0.01);
    expect(acuSeconds).toBeLessThanOrEqual(after.capacity.max * seconds + 0.01);
    expect(after.cost.fixedMaximumAcuHours).toBeGreaterThan(after.acuHours);
  });

  it('changes its minimum and maximum live', async () => {
    await test.fleet.modify('shop', { minCapacity: 2, maxCapacity: 3 });
    await waitFor(() => capacity(test, 'shop') >= 2, { what: 'the new minimum' });
    await test.fleet.modify('shop', { minCapacity: 0.5, maxCapacity: 1 });
    await waitFor(() => capacity(test, 'shop') <= 1, { what: 'the new maximum' });
    await test.fleet.modify('shop', { maxCapacity: 8 });
  });

  it('keeps what was committed through a stop and a start', async () => {
    const client = await connectClient(test.fleet.url('shop'));
    await client.query('create table kept as select 42 as answer');
    await client[Symbol.asyncDispose]();
    expect((await test.fleet.stop('shop')).status).toBe('stopped');
    expect(test.fleet.describe('shop').capacity.current).toBe(0);
    expect((await test.fleet.start('shop')).status).toBe('available');
    await using again = await connectClient(test.fleet.url('shop'));
    expect((await again.query('select answer from kept')).rows).toEqual([{ answer: 42 }]);
  });

  it.each([
    [{ name: 'Shop!' }, 'INVALID_ARGUMENT'],
    [{ name: 'shop' }, 'CLUSTER_EXISTS'],
    [{ name: 'other', minCapacity: 4, maxCapacity: 2 }, 'INVALID_ARGUMENT'],
    [{ name: 'other', maxCapacity: 0.7 }, 'INVALID_ARGUMENT'],
    [{ name: 'other', parameters: { work_mem: 'much' } }, 'SETTING_REFUSED'],
  ])('refuses %o, and leaves nothing of it', async (request, code) => {
    await expect(test.fleet.create(request)).rejects.toMatchObject({ code });
    expect(test.fleet.list().map(({ name }) => name)).toEqual(['shop']);
  });

  it('says which databases there are when one is not known', () => {
    expect(() => test.fleet.describe('nowhere')).toThrow(/there are shop/);
  });
});

it('two databases share a host: each at its minimum at least, and together not above it', async () => {
  await using test = await openTestFleet();
  const { fleet } = test;
  await Promise.all(
    ['one', 'two'].map(async (name) => fleet.create({ name, engineVersion: 18, maxCapacity: 256 })),
  );
  const budget = fleet.host.budgetAcu;
  expect(fleet.describe('one').capacity).toMatchObject({ max: budget, requestedMax: 256 });
  expect(fleet.describe('one').notes.join(' ')).toContain('above this host');
  const burners = await Promise.all(['one', 'two'].map(async (name) => startBurners(fleet.url(name), 6)));
  await waitFor(() => fleet.list().every((one) => one.capacity.current > 1), { what: 'both to have grown' });
  await waitFor(() => fleet.list().reduce((sum, one) => sum + one.capacity.current, 0) <= budget, {
    what: 'both to keep within the host',
  });
  await Promise.all(burners.map(async (each) => each.stop()));
});

it('without limits capacity is computed and shown, and it is said that nothing is enforced', async () => {
  await using test = await openTestFleet({ limits: 'none' });
  await test.fleet.create({ name: 'free', engineVersion: 18 });
  const found = test.fleet.describe('free');
  expect(found.enforced).toBe(false);
  expect(found.enforcementNote).not.toBe('');
  const burners = await startBurners(test.fleet.url('free'), 4);
  await waitFor(() => capacity(test, 'free') > 1, { what: 'a capacity for that load' });
  await burners.stop();
});
