import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useBrowser } from '../kit/browser.ts';
import { createRole, watchedShop } from '../kit/dashboard.ts';
import type { WatchedShop } from '../kit/dashboard.ts';
import { dragZoom, inLegend, legend, query, sliceBy, untilQuery } from '../kit/load-page.ts';
import { startLoad } from '../kit/load.ts';
import type { RunningLoad } from '../kit/load.ts';
import { waitFor } from '../kit/wait-for.ts';

/** The page of the load, on a real database at work. */
const browser = useBrowser();
const loads: RunningLoad[] = [];
let shop: WatchedShop;

beforeAll(async () => {
  shop = await watchedShop();
  const [alice, bob] = [await createRole(shop.server, 'alice'), await createRole(shop.server, 'bob')];
  const sleeping = async (client: { query(sql: string): Promise<unknown> }) =>
    await client.query('select pg_sleep(0.2)');
  const computing = async (client: { query(sql: string): Promise<unknown> }) => {
    await client.query('select sum(i) from generate_series(1, 30000) i');
    await client.query('select pg_sleep(0.05)');
  };
  loads.push(await startLoad(alice, { clients: 3, work: sleeping, applicationName: 'web' }));
  loads.push(await startLoad(bob, { clients: 1, work: computing, applicationName: 'batch' }));
});
afterAll(async () => {
  for (const load of loads) await load.stop('abort');
  await shop?.[Symbol.asyncDispose]();
});

const SLEEP = 'Timeout:PgSleep';
const time = (page: Page) => page.getByRole('group', { name: 'Time' });

async function open(path = '/db/shop/load?from=-5m') {
  const opened = await browser.open(shop.signingIn(path));
  await inLegend(opened.page, SLEEP).waitFor();
  return opened;
}

describe('the load', () => {
  it('moves on by itself', async () => {
    const { page } = await open();
    const now = page.getByRole('region', { name: 'At a glance' });
    await now.getByText('AAS now').waitFor();
    const seen = new Set<string>();
    const changes = async () => {
      seen.add(await legend(page).innerText());
      return seen.size >= 3;
    };
    await waitFor(changes, { what: 'the figures to change' });
    expect(await legend(page).innerText()).toContain('CPU');
    await now.getByText('Sleeping').waitFor();
  });

  it('is sliced, filtered and zoomed, and Back undoes each', async () => {
    const { page } = await open();
    await sliceBy(page).selectOption('db.user');
    await inLegend(page, 'alice').waitFor();
    expect(query(page).get('slice')).toBe('db.user');

    await inLegend(page, 'bob').click();
    await untilQuery(page, (words) => words.getAll('filter').join() === 'db.user:bob');
    await inLegend(page, 'alice').waitFor({ state: 'detached' });
    expect(await inLegend(page, 'bob').getAttribute('aria-pressed')).toBe('true');
    const chip = page.getByRole('button', { name: 'Remove the filter user bob' });
    await chip.waitFor();

    await dragZoom(page);
    await untilQuery(page, (words) => /^\d{13}$/.test(words.get('to') ?? ''));
    const [fromMs, toMs] = [Number(query(page).get('from')), Number(query(page).get('to'))];
    expect(toMs - fromMs).toBeGreaterThan(10_000);
    expect(toMs - fromMs).toBeLessThan(120_000);
    expect(Math.abs(Date.now() - toMs)).toBeLessThan(120_000);
    await time(page).locator('[aria-pressed="true"]').waitFor({ state: 'detached' });

    const zoomed = page.url();
    await page.reload();
    await chip.waitFor();
    expect(page.url()).toBe(zoomed);
    expect(await sliceBy(page).inputValue()).toBe('db.user');

    await page.goBack();
    await untilQuery(page, (words) => words.get('from') === '-5m' && words.has('filter'));
    await page.goBack();
    await inLegend(page, 'alice').waitFor();
    expect(await chip.count()).toBe(0);
    await page.goBack();
    await inLegend(page, SLEEP).waitFor();
    expect(await sliceBy(page).inputValue()).toBe('db.wait_event');

    for (let step = 0; step < 3; step++) await page.goForward();
    await untilQuery(page, (words) => words.get('to') === String(toMs));
    expect(page.url()).toBe(zoomed);
    await chip.waitFor();
  });

  it('is driven by the keyboard', async () => {
    const { page } = await open();
    const focused = () => page.locator(':focus');
    const reach = async (what: string, isIt: () => Promise<boolean>): Promise<void> => {
      for (let press = 0; press < 40; press++) {
        await page.keyboard.press('Tab');
        if (await isIt()) return;
      }
      throw new Error(`Tab does not come to ${what}`);
    };
    const label = async () => (await focused().getAttribute('aria-label')) ?? (await focused().textContent());
    await reach('the way past the menu', async () => (await label()) === 'Skip to the figures');
    await reach('the last hour', async () => /last hour/.test((await label()) ?? ''));
    await page.keyboard.press('Enter');
    await untilQuery(page, (words) => words.get('from') === '-1h');
    const isSlice = async () =>
      await sliceBy(page).evaluate((element) => element === element.ownerDocument.activeElement);
    await reach('the slice', isSlice);
    await page.keyboard.press('ArrowDown');
    await untilQuery(page, (words) => words.has('slice'));
    await sliceBy(page).selectOption('db.application');
    await inLegend(page, 'batch').waitFor();
    await reach('the legend', async () => (await label()) === 'batch');
    await page.keyboard.press('Enter');
    await untilQuery(page, (words) => words.getAll('filter').join() === 'db.application:batch');
  });

  it('lists what loads it, and filters by it', async () => {
    const { page } = await open();
    const list = page.getByRole('group', { name: 'List by' });
    await page.getByRole('link', { name: 'select pg_sleep' }).waitFor();
    await list.getByRole('button', { name: 'Applications' }).click();
    const top = page.getByRole('region', { name: 'Top Applications' });
    await top.getByRole('button', { name: 'web' }).click();
    await untilQuery(page, (words) => words.getAll('filter').join() === 'db.application:web');
    await top.getByRole('button', { name: 'batch' }).waitFor({ state: 'detached' });
  });
});
