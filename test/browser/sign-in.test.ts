import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useBrowser } from '../kit/browser.ts';
import { watchedShop } from '../kit/dashboard.ts';
import type { WatchedShop } from '../kit/dashboard.ts';
import { inLegend, legend, sliceBy } from '../kit/load-page.ts';
import { startLoad } from '../kit/load.ts';
import type { RunningLoad } from '../kit/load.ts';
import { waitFor } from '../kit/wait-for.ts';

/** Who gets in, what others see, and what a page does while the daemon is away. */
const browser = useBrowser();
let shop: WatchedShop;
let load: RunningLoad;

beforeAll(async () => {
  shop = await watchedShop();
  load = await startLoad(shop.server.url, {
    clients: 2,
    work: (client) => client.query("select pg_sleep(0.2) as kept_from_strangers where 'x' <> 'y'"),
  });
});
afterAll(async () => {
  await load?.stop('abort');
  await shop?.[Symbol.asyncDispose]();
});

const PAGE = '/db/shop/load?from=-5m';
const SECRET = /kept_from_strangers/;
const sqlText = (page: Page) => page.getByRole('link', { name: SECRET });
const signOut = (page: Page) => page.getByRole('button', { name: 'Sign out' });

describe('the address with the token', () => {
  it('signs in, and the token leaves the address', async () => {
    const { page, context } = await browser.open(shop.signingIn(PAGE));
    await sqlText(page).first().waitFor();
    expect(page.url()).toBe(`${shop.url}${PAGE}`);
    const [cookie, ...others] = await context.cookies();
    expect(others).toEqual([]);
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict' });

    await signOut(page).click();
    await page.waitForURL(/sign-in/);
    await page.goto(`${shop.url}${PAGE}`);
    await page.getByText('Sign in to see this').waitFor();
  });

  it('with another token lets nobody in, and says so', async () => {
    const { page, context, mayComplain } = await browser.open(`${shop.url}/db/shop/load?token=wrong`);
    mayComplain(/status of 401/);
    await page.getByText('That is not the token').waitFor();
    expect(await context.cookies()).toEqual([]);
  });
});

describe('without the token', () => {
  it('figures are shown, and no text of SQL', async () => {
    const asked: string[] = [];
    const { page } = await browser.open('about:blank');
    page.on('response', (response) => {
      if (response.status() === 401) asked.push(response.url());
    });
    await page.goto(`${shop.url}${PAGE}`);
    await inLegend(page, 'Timeout:PgSleep').waitFor();
    await page.getByText('Sign in to see this').waitFor();
    await sliceBy(page).selectOption('db.sql_tokenized');
    await inLegend(page, 'Timeout:PgSleep').waitFor({ state: 'detached' });
    // And there is a way back.
    await sliceBy(page).selectOption('db.user');
    await inLegend(page, 'postgres').waitFor();
    await page.getByRole('link', { name: 'Now', exact: true }).click();
    await page.getByText('Sign in to see this').waitFor();
    expect(await page.content()).not.toMatch(SECRET);
    // What is known to be refused is not asked for.
    expect(asked).toEqual([]);
  });

  it('the form asks for it and goes back to the page', async () => {
    const { page } = await browser.open(`${shop.url}${PAGE}`);
    await page.getByRole('link', { name: 'Sign in' }).first().click();
    const { searchParams } = new URL(shop.signingIn('/'));
    await page.getByRole('textbox').fill(searchParams.get('token') ?? '');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await sqlText(page).first().waitFor();
    expect(page.url()).toBe(`${shop.url}${PAGE}`);
  });
});

describe('while the daemon is away', () => {
  it('the page says so, and goes on by itself', async () => {
    const { page, mayComplain } = await browser.open(shop.signingIn(PAGE));
    mayComplain(
      /ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET/,
    );
    await inLegend(page, 'Timeout:PgSleep').waitFor();
    await shop.stop();
    await page
      .getByText(/no answer/i)
      .first()
      .waitFor();
    // What was known stays on the screen.
    expect(await inLegend(page, 'Timeout:PgSleep').count()).toBe(1);
    await shop.startAgain();
    await waitFor(async () => (await page.getByText(/no answer/i).count()) === 0, { what: 'the end of it' });
    const before = await legend(page).innerText();
    await waitFor(async () => (await legend(page).innerText()) !== before, { what: 'new figures' });
    await signOut(page).waitFor();
    await sqlText(page).first().waitFor();
  });
});
