import type { TestProject } from 'vitest/node';
import { findChromium } from './chromium.ts';

/** Once for all tests in a browser: the dashboard as it is now, and a Chromium. */
export default async function setUp(project: TestProject): Promise<void> {
  const scripts: string = new URL('../../scripts/set-up.mjs', import.meta.url).href;
  const { ensureWebBuilt } = (await import(scripts)) as { ensureWebBuilt: () => void };
  ensureWebBuilt();
  project.provide('chromium', await findChromium());
}
