import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject } from 'vitest';
import { launchChromium } from './chromium.ts';
import type { ChromiumFound } from './chromium.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** From browser-set-up.ts. */
    readonly chromium: ChromiumFound;
  }
}

/** A page of the dashboard, as somebody who uses it has it. */
export interface OpenPage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** From now on the browser may complain of this. */
  readonly mayComplain: (of: RegExp) => void;
}

export interface TestBrowser {
  /** A new profile each time, so nobody is signed in. It ends with the test. */
  open(address: string, options?: BrowserContextOptions): Promise<OpenPage>;
}

const SIZE = { width: 1280, height: 900 };

/**
 * A Chromium for the tests of a file; without one they are skipped. Whatever a page throws, logs as an error or is
 * refused by its Content-Security-Policy fails the test.
 */
export function useBrowser(): TestBrowser {
  const { path, reason } = inject('chromium');
  let browser: Browser | null = null;
  const contexts: BrowserContext[] = [];
  const complaints: string[] = [];
  const allowed: RegExp[] = [];

  beforeAll(async () => {
    if (path !== null) browser = await launchChromium(path);
  });
  beforeEach((ctx) => {
    if (reason !== null) ctx.skip(reason);
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await Promise.all(contexts.flatMap((one) => one.pages()).map(tell));
    await Promise.all(contexts.splice(0).map((context) => context.close()));
    const unexpected = complaints.splice(0).filter((text) => !allowed.some((known) => known.test(text)));
    allowed.length = 0;
    expect(unexpected, 'what the browser complained of').toEqual([]);
  });
  afterAll(async () => {
    await browser?.close();
  });

  return {
    async open(address, options = {}) {
      if (browser === null) throw new Error('there is no browser');
      const context = await browser.newContext({ viewport: SIZE, ...options });
      contexts.push(context);
      const page = await context.newPage();
      page.on('pageerror', (error) => complaints.push(`thrown: ${error.message}`));
      // Violations of the Content-Security-Policy are among them.
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(`${message.text()} (${message.location().url})`);
      });
      page.on('crash', () => complaints.push('the page crashed'));
      await page.goto(address);
      return { page, context, mayComplain: (of) => void allowed.push(of) };
    },
  };
}

/** What somebody would have seen when a test failed. */
async function tell(page: Page): Promise<void> {
  const text = await page.locator('body').innerText({ timeout: 2000 }).catch(String);
  console.log(`${page.url()} showed:\n${text.slice(0, 3000)}`);
}
