import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { useBrowser } from '../kit/browser.ts';
import { shopFleet } from '../kit/dashboard.ts';
import type { ShopFleet } from '../kit/dashboard.ts';
import { ask } from '../kit/managed.ts';
import { whyNotHere } from '../kit/paused-fleet.ts';
import { waitFor } from '../kit/wait-for.ts';

/** A database that scales and sleeps: what its pages say, and what they change. */
const browser = useBrowser();
let daemon: ShopFleet;

beforeAll(async () => {
  daemon = await shopFleet();
  await daemon.fleet.create({ name: 'shop', engineVersion: 18, minCapacity: 0.5, maxCapacity: 4 });
}, 240_000);
afterAll(async () => {
  await daemon?.[Symbol.asyncDispose]();
});

const CAPACITY = '/db/shop/capacity?from=-5m';
const head = (page: Page) => page.getByRole('region', { name: 'Capacity at this moment' });
const limits = (page: Page) => page.getByRole('region', { name: 'Limits' });
const field = (page: Page, name: string) => limits(page).getByLabel(name);
const save = (page: Page) => limits(page).getByRole('button', { name: 'Save' });
const status = () => daemon.fleet.describe('shop').status;

describe('the limits of capacity', () => {
  it('are changed only by who has signed in', async () => {
    const { page, mayComplain } = await browser.open(`${daemon.url}${CAPACITY}`);
    await limits(page).getByText('Sign in to see this').waitFor();
    expect(await save(page).count()).toBe(0);
    mayComplain(/status of 401/);
    const answered = await page.evaluate<number>(
      `fetch('/api/clusters/shop', { method: 'PATCH', headers: { 'content-type': 'application/json' }, body: '{"maxCapacity":1}' })
        .then(({ status }) => status)`,
    );
    expect(answered).toBe(401);
    expect(daemon.fleet.describe('shop').capacity.requestedMax).toBe(4);
  });

  it('are changed in the form, which says why it refuses', async () => {
    const { page } = await browser.open(daemon.signingIn(CAPACITY));
    await field(page, 'Maximum').fill('6');
    await field(page, 'Minimum').fill('1.5');
    await save(page).click();
    await limits(page).getByText('in force').waitFor();
    expect(daemon.fleet.describe('shop').capacity).toMatchObject({ min: 1.5, requestedMax: 6 });
    await head(page)
      .getByText(/1\.5\s*–\s*6 ACU/)
      .waitFor();

    for (const [name, value, reason] of [
      ['Minimum', '6.5', /minimum is above the maximum/],
      ['Minimum', '0.3', /steps of 0\.5/],
      ['Maximum', '100000', /This host has/],
    ] as const) {
      await field(page, name).fill(value);
      await limits(page).getByText(reason).waitFor();
      expect(await field(page, name).getAttribute('aria-invalid')).toBe('true');
      expect(await save(page).isDisabled()).toBe(true);
      await limits(page).getByRole('button', { name: 'Leave as it is' }).click();
    }
    expect(await field(page, 'Minimum').inputValue()).toBe('1.5');
  });
});

describe('a database with a minimum of 0', () => {
  it('is seen asleep without being woken, and then who woke it', async (ctx) => {
    const why = await whyNotHere();
    if (why !== null) return ctx.skip(why);
    const { page } = await browser.open(daemon.signingIn(CAPACITY));
    await field(page, 'Minimum').fill('0');
    await field(page, 'Pause after').fill('1');
    await save(page).click();
    await head(page)
      .getByText(/Asleep$/)
      .waitFor();
    expect(status()).toBe('paused');

    const { pausedAtMs } = daemon.fleet.describe('shop').pause;
    for (const [path, text] of [
      ['/', 'asleep'],
      ['/db/shop/load', 'asleep'],
      ['/db/shop/now', 'Asleep since'],
      ['/db/shop/analysis', 'Analysis'],
      ['/db/shop/events', 'paused'],
    ] as const) {
      await page.goto(`${daemon.url}${path}`);
      await page.getByText(text).first().waitFor();
    }
    expect(daemon.fleet.describe('shop')).toMatchObject({ status: 'paused', pause: { pausedAtMs } });

    await page.goto(`${daemon.url}${CAPACITY}`);
    await head(page)
      .getByText(/Asleep$/)
      .waitFor();
    await ask(daemon.fleet.url('shop'), 'select 1');
    const { cause } = await waitFor(() => daemon.fleet.describe('shop').pause.lastWake, { what: 'the wake' });
    const row = page
      .getByRole('region', { name: 'Changes of capacity' })
      .getByRole('row', { name: /woken by/ });
    await row.first().waitFor();
    expect(await row.first().innerText()).toContain(`woken by ${cause}`);
  });
});
