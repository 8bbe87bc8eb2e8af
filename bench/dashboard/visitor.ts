import { chromium } from 'playwright-core';
import type { Page } from 'playwright-core';
import { chromiumOptions } from '../../test/kit/chromium.ts';
import { installProbe } from './drawn.ts';
import type { Served } from './served.ts';

const SIZE = { width: 1280, height: 900 };

/** Somebody who has signed in, and looks with a browser that is started for it and has nothing in its cache. */
export class Visitor {
  readonly #chromium: string;
  readonly #served: Served;

  constructor(path: string, served: Served) {
    this.#chromium = path;
    this.#served = served;
  }

  /** `browserPid` is the process that all others of the browser come from. */
  async visit<Answer>(
    path: string,
    look: (page: Page, browserPid: number) => Promise<Answer>,
  ): Promise<Answer> {
    const server = await chromium.launchServer(chromiumOptions(this.#chromium));
    try {
      const browser = await chromium.connect(server.wsEndpoint());
      const context = await browser.newContext({ viewport: SIZE });
      await context.addCookies([await this.#cookie()]);
      await installProbe(context);
      const page = await context.newPage();
      await page.goto(`${this.#served.url}${path}`);
      return await look(page, server.process().pid ?? 0);
    } finally {
      await server.close();
    }
  }

  async #cookie(): Promise<{ name: string; value: string; url: string }> {
    const { url, token } = this.#served;
    const { headers } = await fetch(`${url}/?token=${token}`, {
      headers: { accept: 'text/html' },
      redirect: 'manual',
    });
    const [, name = '', value = ''] = /^([^=]+)=([^;]+)/.exec(headers.get('set-cookie') ?? '') ?? [];
    return { name, value, url };
  }
}
