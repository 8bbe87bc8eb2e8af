import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useBrowser } from '../kit/browser.ts';
import { startBurners } from '../kit/burn.ts';
import type { Burners } from '../kit/burn.ts';
import { shopFleet } from '../kit/dashboard.ts';
import type { ShopFleet } from '../kit/dashboard.ts';
import { waitFor } from '../kit/wait-for.ts';

/** Every page, for those who see, hear or hold it otherwise. */
const browser = useBrowser();
let daemon: ShopFleet;
let burners: Burners;

beforeAll(async () => {
  daemon = await shopFleet();
  await daemon.fleet.create({ name: 'shop', engineVersion: 18, minCapacity: 0.5, maxCapacity: 2 });
  burners = await startBurners(daemon.fleet.url('shop'), 2);
}, 240_000);
afterAll(async () => {
  await burners?.stop();
  await daemon?.[Symbol.asyncDispose]();
});

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const DESK = { width: 1280, height: 900 };
const TELEPHONE = { width: 390, height: 844 };
const PAGES = ['load', 'capacity', 'now', 'analysis', 'compare', 'events'].map(
  (page) => `/db/shop/${page}?from=-5m`,
);

/** The pages with something on them; `look` is called for each. */
async function lookAtAll(page: Page, look: (path: string) => Promise<void>): Promise<void> {
  for (const path of ['/', ...PAGES]) {
    await page.goto(`${daemon.url}${path}`);
    await untilShown(page);
    await look(path);
  }
  await page.goto(`${daemon.url}${PAGES[0]}`);
  await page.getByRole('link', { name: 'generate_series' }).first().click();
  await page.waitForURL(/\/sql\//);
  await untilShown(page);
  await look('/sql');
}

async function untilShown(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).waitFor({ state: 'attached' });
  const isLoading = page.getByRole('status').filter({ hasText: 'Loading' });
  await waitFor(async () => (await isLoading.count()) === 0, { what: 'the page to be loaded' });
}

interface AxeViolation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(`${axe}; undefined`);
  const { violations: all } = await page.evaluate<{ violations: AxeViolation[] }>(
    `axe.run(document, { resultTypes: ['violations'] })`,
  );
  return all
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ id, nodes }) =>
        `${id}: ${nodes.map(({ html, failureSummary }) => `${html} (${failureSummary})`).join('; ')}`,
    );
}

describe('every page', () => {
  it('has nothing serious that axe finds, light or dark, and does not scroll sideways on a telephone', async () => {
    const { page } = await browser.open(daemon.signingIn('/'));
    const found: string[] = [];
    await lookAtAll(page, async (path) => {
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        found.push(...(await violations(page)).map((one) => `${path}, ${colorScheme}: ${one}`));
      }
      await page.setViewportSize(TELEPHONE);
      const width = await page.evaluate<number>('document.documentElement.scrollWidth');
      if (width > TELEPHONE.width) found.push(`${path}: ${width} px wide on ${TELEPHONE.width}`);
      await page.setViewportSize(DESK);
    });
    expect(found).toEqual([]);
  });
});
