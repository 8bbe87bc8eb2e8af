import type { BrowserContext, Page } from 'playwright-core';
import { waitFor } from '../../test/kit/wait-for.ts';

/** What a chart said when it had drawn, and when the frame with it was painted. */
export interface Drawn {
  readonly fromMs: number;
  readonly toMs: number;
  readonly series: readonly string[];
  /** Both since the navigation; `painted` is 0 while it has not been. */
  readonly drawnMs: number;
  readonly paintedMs: number;
}

/**
 * Notes in every page what charts say they have drawn, with the time, and when the user last did something. The frame is
 * counted as painted when the task after the next animation frame runs.
 */
const PROBE = `(() => {
  const probe = { drawn: [], actedMs: 0 };
  window.airglowProbe = probe;
  const mark = performance.mark.bind(performance);
  performance.mark = (name, options) => {
    const made = mark(name, options);
    if (name === 'airglow-drawn') {
      const { fromMs, toMs, series } = options.detail;
      const drawn = { fromMs, toMs, series, drawnMs: made.startTime, paintedMs: 0 };
      probe.drawn.push(drawn);
      requestAnimationFrame(() => setTimeout(() => { drawn.paintedMs = performance.now(); }, 0));
    }
    return made;
  };
  const acted = () => { probe.actedMs = performance.now(); };
  for (const kind of ['mouseup', 'change']) addEventListener(kind, acted, { capture: true });
})()`;

export async function installProbe(context: BrowserContext): Promise<void> {
  await context.addInitScript(PROBE);
}

/** Forgets what was drawn before. */
export async function forget(page: Page): Promise<void> {
  await page.evaluate('window.airglowProbe.drawn.length = 0');
}

/** A condition on `drawn`, in JavaScript, since it runs in the page. */
export type Condition = string;

export const spansDays = (days: number): Condition => `drawn.toMs - drawn.fromMs > ${days} * 86400000 * 0.99`;

/** Milliseconds from `since` until the first picture that meets the condition was painted. */
export async function untilDrawn(
  page: Page,
  condition: Condition,
  since: 'navigation' | 'action',
): Promise<number> {
  const find = `window.airglowProbe.drawn.find((drawn) => drawn.series.length > 0 && drawn.paintedMs > 0 && (${condition}))?.paintedMs ?? 0`;
  // Not the page's own waiting, which the Content-Security-Policy forbids.
  const paintedMs = await waitFor(async () => await page.evaluate<number>(find), {
    what: `a picture with ${condition}`,
    timeoutMs: 60_000,
  });
  const startMs = since === 'navigation' ? 0 : await page.evaluate<number>('window.airglowProbe.actedMs');
  return paintedMs - startMs;
}
