import type { Locator, Page } from 'playwright-core';
import { waitFor } from './wait-for.ts';

/** Where things are on the page of the load, found as people find them. */
export const chart = (page: Page): Locator => page.getByRole('region', { name: 'Load', exact: true });
export const legend = (page: Page): Locator => chart(page).getByRole('table');
export const inLegend = (page: Page, name: string): Locator =>
  legend(page).getByRole('button', { name, exact: true });
export const sliceBy = (page: Page): Locator => page.getByLabel('Slice by');
export const query = (page: Page): URLSearchParams => new URL(page.url()).searchParams;

/** Drags over a part of the picture, in shares of its width. */
export async function dragZoom(page: Page, from = 0.8, to = 0.97): Promise<void> {
  const box = await chart(page).getByRole('img').boundingBox();
  if (box === null) throw new Error('there is no chart');
  const y = box.y + box.height / 2;
  const xAt = (share: number): number => box.x + box.width * share;
  await page.mouse.move(xAt(from), y);
  await page.mouse.down();
  await page.mouse.move(xAt((from + to) / 2), y);
  await page.mouse.move(xAt(to), y);
  await page.mouse.up();
}

/** Resolves when the address tells that. */
export async function untilQuery(page: Page, isThere: (words: URLSearchParams) => boolean): Promise<void> {
  // A message made before would name the first address.
  await waitFor(() => isThere(query(page)), { what: 'another address' }).catch((error: Error) => {
    throw new Error(`${error.message}: it is ${page.url()}`, { cause: error });
  });
}
