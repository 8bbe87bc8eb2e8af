import type { TestProject } from 'vitest/node';
import { findChromium } from './chromium.ts';
import type { ChromiumFound } from './chromium.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    readonly chromium: ChromiumFound;
  }
}

/** Once for all tests in a browser: the dashboard as it is now, and a Chromium. */
export default async function setUp(project: TestProject): Promise<void> {
  const scripts: string = new URL('../../scripts/set-up.mjs', import.meta.url).href;
  const { ensureWebBuilt } = (await import(scripts)) as { ensureWebBuilt: () => void };
  ensureWebBuilt();
  project.provide('chromium', await findChromium());
}
