import { readFile } from 'node:fs/promises';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useBrowser } from '../kit/browser.ts';
import { connectClient } from '../kit/client.ts';
import type { ScopedClient } from '../kit/client.ts';
import { watchedShop } from '../kit/dashboard.ts';
import type { WatchedShop } from '../kit/dashboard.ts';
import { chart, inLegend, legend } from '../kit/load-page.ts';
import { startLoad } from '../kit/load.ts';
import type { RunningLoad } from '../kit/load.ts';

/** What the pages say of a database where one session holds up others, and one has SQL that is a trap. */
const browser = useBrowser();
const loads: RunningLoad[] = [];
let shop: WatchedShop;
let holder: ScopedClient;

/** What would run if any of it became HTML. */
const TRAP = '<img src=x onerror="document.title=1"><script>document.title=1</script>';
const TRAP_COLUMN = `"${TRAP.replaceAll('"', '""')}"`;

beforeAll(async () => {
  shop = await watchedShop();
  holder = await connectClient(shop.server.url, 'product-editor');
  await holder.query('create table products (id int primary key, stock int)');
  await holder.query('insert into products values (1, 0)');
  await holder.query('begin');
  await holder.query('update products set stock = 7 where id = 1');
  const wanting = 'update products set stock = stock + 1 where id = 1';
  const { url } = shop.server;
  loads.push(await startLoad(url, { clients: 4, work: (client) => client.query(wanting) }));
  const trap = `select pg_sleep(0.3) as ${TRAP_COLUMN}`;
  loads.push(
    await startLoad(url, {
      clients: 1,
      work: (client) => client.query(trap),
      applicationName: '<b>trap</b>',
    }),
  );
});
afterAll(async () => {
  for (const load of loads) await load.stop('abort');
  await holder?.end();
  await shop?.[Symbol.asyncDispose]();
});

const LOCK = 'Lock:transactionid';
const open = async (path: string, options = {}) =>
  await browser.open(shop.signingIn(`/db/shop/${path}`), options);

describe('a lock pile-up', () => {
  it('is the headline of the load, and its blockers are one click away', async () => {
    const { page } = await open('load?from=-5m');
    await inLegend(page, LOCK).waitFor();
    await page.getByRole('button', { name: 'Who blocks?' }).click();
    const blockers = page.getByRole('region', { name: 'Top Blockers' });
    await blockers
      .getByText(new RegExp(`\\b${holder.processID}\\b`))
      .first()
      .waitFor();
  });

  it('has its root named by Now', async () => {
    const { page } = await open('now');
    const locks = page.getByRole('region', { name: 'Who blocks whom' });
    const root = locks.getByRole('heading', { name: new RegExp(`Root blocker.*\\b${holder.processID}\\b`) });
    await root.waitFor();
    expect(await root.innerText()).toContain('product-editor');
    await locks
      .getByRole('link', { name: /set stock = \?\s+where/i })
      .first()
      .waitFor();
    await locks
      .getByText(/waits .* for (transaction|row|tuple)/i)
      .first()
      .waitFor();
  });

  it('has its root named by Analysis', async () => {
    const { page } = await open('analysis?from=-5m');
    await page
      .getByText(new RegExp(`waited for pid ${holder.processID}\\b`))
      .first()
      .waitFor();
    await page
      .getByText(/set stock = \?/)
      .first()
      .waitFor();
  });
});

describe('SQL that looks like HTML', () => {
  const seen = async (page: Page, place: Locator): Promise<void> => {
    await place.first().waitFor();
    expect(await page.locator('main img, main script, main b').count()).toBe(0);
    expect(await page.title()).toMatch(/Airglow/);
  };

  it('is shown as it is wherever it is shown', async () => {
    const { page } = await open('load?from=-5m');
    const link = page.getByRole('link', { name: 'onerror' });
    await seen(page, link);
    expect(await link.first().innerText()).toContain('<img src=x onerror=');
    await page.getByRole('group', { name: 'List by' }).getByRole('button', { name: 'Applications' }).click();
    await seen(page, page.getByText('<b>trap</b>'));
    await page
      .getByRole('group', { name: 'List by' })
      .getByRole('button', { name: 'SQL', exact: true })
      .click();
    await link.first().click();
    await page.waitForURL(/\/sql\//);
    await seen(page, page.locator('main').getByText('<img src=x'));
    for (const path of ['now', 'analysis', 'compare', 'events']) {
      await page.goto(`${shop.url}/db/shop/${path}`);
      await seen(page, page.getByRole('heading', { level: 1 }));
    }
  });

  it('goes into addresses as a search or a filter and stays text', async () => {
    const words = new URLSearchParams({ search: TRAP, filter: `db.user:${TRAP}` });
    for (const path of ['load', 'now', 'events']) {
      const { page } = await open(`${path}?${words.toString()}`);
      await seen(page, page.getByRole('heading', { level: 1 }));
    }
  });
});

describe('what is shown', () => {
  it('is saved as CSV and as PNG', async () => {
    const { page } = await open('load?from=-5m');
    await inLegend(page, LOCK).waitFor();
    const save = async (button: Locator): Promise<{ name: string; bytes: Buffer }> => {
      const [download] = await Promise.all([page.waitForEvent('download'), button.click()]);
      return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
    };
    const load = await save(chart(page).getByRole('button', { name: 'CSV' }));
    expect(load.name).toBe('shop-load.csv');
    const [head, ...rows] = load.bytes.toString().trimEnd().split('\r\n');
    // All but the first wait for their turn to wait for the transaction.
    const column = head?.split(',').indexOf('Lock:tuple') ?? -1;
    expect(head).toMatch(/^time,.*,idle in transaction$/);
    const waiting = rows.map((row) => Number(row.split(',')[column]));
    expect(Math.max(...waiting)).toBeGreaterThan(2);
    expect(Math.max(...waiting)).toBeLessThan(6);
    expect(Math.abs(Date.now() - Date.parse(rows.at(-1)?.split(',')[0] ?? ''))).toBeLessThan(60_000);

    const top = await save(page.getByRole('button', { name: 'Save as CSV' }));
    expect(top.name).toBe('shop-top-sql.csv');
    expect(top.bytes.toString()).toMatch(/^sql_id,sql,aas,.*\r\n/);
    expect(top.bytes.toString()).toContain('"<img src=x onerror=');

    const picture = await save(chart(page).getByRole('button', { name: 'PNG' }));
    expect(picture.name).toBe('shop-load.png');
    expect(picture.bytes.subarray(1, 4).toString()).toBe('PNG');
    expect(picture.bytes.byteLength).toBeGreaterThan(2000);
  });

  it('has the times of the zone of whoever looks', async () => {
    const hourIn = (timeZone: string) =>
      new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', hourCycle: 'h23' }).format(Date.now());
    for (const [timezoneId, name] of [
      ['Asia/Tokyo', /UTC\+09:00/],
      ['America/St_Johns', /UTC[-−]0[23]:30/],
    ] as const) {
      const { page } = await open('load?from=-5m', { timezoneId });
      await legend(page).waitFor();
      await page.getByText(name).first().waitFor();
      const span = await page.getByRole('button', { name: /\d\d:\d\d:\d\d –/ }).innerText();
      const hours = [...span.matchAll(/(\d\d):\d\d/g)].map(([, hour]) => hour);
      expect(hours).toContain(hourIn(timezoneId));
    }
  });
});
