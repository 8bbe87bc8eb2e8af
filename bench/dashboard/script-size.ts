import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';

const ASSETS = join(import.meta.dirname, '..', '..', 'dist', 'web', 'assets');

/** Bytes of all script of the dashboard, each file packed by gzip as servers do. */
export function allScriptBytes(): number {
  return readdirSync(ASSETS)
    .filter((name) => name.endsWith('.js'))
    .reduce((bytes, name) => bytes + gzipSync(readFileSync(join(ASSETS, name))).byteLength, 0);
}

/** What a page has loaded of it, as it came over the wire. */
export async function loadedScriptBytes(page: Page): Promise<number> {
  return await page.evaluate<number>(
    `performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('.js'))
      .reduce((bytes, { encodedBodySize }) => bytes + encodedBodySize, 0)`,
  );
}
