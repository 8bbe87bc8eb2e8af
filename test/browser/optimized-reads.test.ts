import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { fastReads } from '../../web/src/pages/capacity/capacity-fixture.ts';
import { useBrowser } from '../kit/browser.ts';
import { inLegend } from '../kit/load-page.ts';
import { scriptedDashboard } from '../kit/scripted-dashboard.ts';
import type { ScriptedDashboard } from '../kit/scripted-dashboard.ts';
import { scriptedSample, scriptedTick } from '../kit/scripted-observer.ts';

/** What the Capacity page says of a database with temporary objects and a second cache tier on local storage. */
const browser = useBrowser();
let daemon: ScriptedDashboard;

const GIB = 1024 ** 3;
const SECONDS = 300;

/** What is recorded every ten seconds: the tier fills, and spares storage more and more. */
function figuresAt(progress: number): Readonly<Record<string, number>> {
  const [hits, reads] = [9000 * progress, 3000 * (1 - progress) + 60];
  return {
    'tier.size_bytes': 32 * GIB,
    'tier.used_bytes': 21 * GIB * progress,
    'tier.hits_per_second': hits,
    'tier.storage_reads_per_second': reads,
    'tier.hit_ratio': hits / (hits + reads),
    'tier.read_ms': 0.118,
    'storage.read_ms': 4.42,
    'local.free_bytes': 120 * GIB,
    'local.read_iops': hits + 20,
    'local.write_iops': 300 - 100 * progress,
    'local.read_bytes_per_second': hits * 4096,
    'local.write_bytes_per_second': 12e6,
    'local.read_ms': 0.089 + 0.02 * Math.sin(progress * 20),
    'local.write_ms': 0.031,
    'temp.local_bytes': 1.5 * GIB * Math.abs(Math.sin(progress * 9)),
    'temp.data_bytes': 0,
  };
}

beforeAll(async () => {
  daemon = await scriptedDashboard();
  const { fleet, history } = daemon;
  for (const name of ['shop', 'plain']) await fleet.create({ name });
  fleet.change('shop', { optimizedReads: fastReads() });
  const nowMs = Math.floor(Date.now() / 1000) * 1000;
  const seconds = Array.from({ length: SECONDS }, (_, index) => index);
  for (const name of ['shop', 'plain']) {
    await history.appendTicks(
      name,
      seconds.map((second) => {
        const progress = second / SECONDS;
        const wait = (event: string, ms: number) =>
          scriptedSample(Math.round(ms) + 1, { 'db.wait_event': event });
        return scriptedTick(nowMs - (SECONDS - second) * 1000, [
          wait('CPU:Running', 300 + 900 * progress),
          wait('IO:DataFileRead', 6000 * (1 - progress)),
          wait('IO:TieredCacheRead', 1000 * progress),
        ]);
      }),
    );
  }
  const points = seconds
    .filter((second) => second % 10 === 9)
    .flatMap((second) =>
      Object.entries(figuresAt(second / SECONDS)).map(([metric, value]) => ({
        atMs: nowMs - (SECONDS - second) * 1000,
        durationMs: 0,
        metric,
        key: '',
        value,
      })),
    );
  await history.appendCounters('shop', points);
  // What every database has.
  const everybody = ['tier.storage_reads_per_second', 'storage.read_ms'];
  await history.appendCounters(
    'plain',
    points.filter(({ metric }) => everybody.includes(metric)),
  );
}, 120_000);
afterAll(async () => {
  await daemon?.[Symbol.asyncDispose]();
});

const section = (page: Page) => page.getByRole('region', { name: 'Optimized Reads' });
/** Ten waits at a time, and temporary objects whose size takes many characters. */
async function recordManyWaits(name: string): Promise<void> {
  const { fleet, history } = daemon;
  await fleet.create({ name });
  fleet.change(name, { optimizedReads: fastReads() });
  const nowMs = Math.floor(Date.now() / 1000) * 1000;
  const seconds = Array.from({ length: SECONDS }, (_, index) => nowMs - (SECONDS - index) * 1000);
  const waits = [
    'WALSync',
    'DataFileRead',
    'TieredCacheRead',
    'DataFileExtend',
    'BufFileRead',
    'BufFileWrite',
  ];
  const events = [
    ...['CPU:Running', 'CPU:Waiting', 'LWLock:WALWrite', 'Lock:transactionid'],
    ...waits.map((wait) => `IO:${wait}`),
  ];
  await history.appendTicks(
    name,
    seconds.map((atMs) =>
      scriptedTick(
        atMs,
        events.map((event) => scriptedSample(500, { 'db.wait_event': event })),
      ),
    ),
  );
  await history.appendCounters(
    name,
    seconds
      .filter((_, index) => index % 10 === 9)
      .map((atMs) => ({
        ...{ atMs, durationMs: 0, metric: 'temp.local_bytes', key: '' },
        value: 950 * 1024 ** 2,
      })),
  );
}

const row = (page: Page, name: string) => section(page).getByRole('row', { name });

describe('Optimized Reads', () => {
  it('say how they stand, and what they do over time', async () => {
    const { page } = await browser.open(daemon.signingIn('/db/shop/capacity?from=-10m'));
    await section(page).getByText('on local storage, in /mnt/nvme/airglow').waitFor();
    await section(page).getByText('32 GiB, 21 GiB of it used').waitFor();
    await row(page, 'hit ratio of the tier').waitFor();
    expect(await row(page, 'hit ratio of the tier').innerText()).toMatch(/99\.\d %/);
    expect(await row(page, 'a page from the tier').innerText()).toContain('118 µs');
    expect(await row(page, 'a page from storage').innerText()).toContain('4.42 ms');
    await section(page).getByText('120 GiB free', { exact: true }).waitFor();
    for (const label of ['Pages a second', 'requests a second', 'time of a request', 'what is kept there'])
      expect(await section(page).getByRole('img', { name: label }).locator('canvas').count()).toBe(1);
  });

  it('follow the pointer, all of them', async () => {
    const { page } = await browser.open(daemon.signingIn('/db/shop/capacity?from=-10m'));
    await row(page, 'from the tier').first().waitFor();
    const atEnd = await row(page, 'from the tier').first().innerText();
    const plot = section(page).getByRole('img', { name: 'Pages a second' });
    await plot.hover({ position: { x: 500, y: 60 } });
    await section(page)
      .getByRole('caption')
      .filter({ hasText: /\d\d:\d\d:\d\d/ })
      .waitFor();
    expect(await row(page, 'from the tier').first().innerText()).not.toBe(atEnd);
  });

  it('say why something is not as it was asked for', async () => {
    const { tieredCache, ...rest } = fastReads();
    const reason =
      'It comes with a restart, which closes all connections: airglow cluster modify shop --restart.';
    const waiting = { ...tieredCache!, inForceBytes: 0, activity: null, reason };
    daemon.fleet.change('shop', { optimizedReads: { ...rest, tieredCache: waiting } });
    const { page } = await browser.open(daemon.signingIn('/db/shop/capacity?from=-10m'));
    await section(page).getByText('not in force; 32 GiB were asked for').waitFor();
    await section(page).getByText(reason).waitFor();
    daemon.fleet.change('shop', { optimizedReads: fastReads() });
  });

  it('have the tier among the waits, told from storage', async () => {
    const { page } = await browser.open(daemon.signingIn('/db/shop/load?from=-10m'));
    await inLegend(page, 'IO:TieredCacheRead').waitFor();
    await inLegend(page, 'IO:DataFileRead').waitFor();
  });

  it.each([1280, 390])('are whole on a screen %i wide: legends and labels of axes', async (width) => {
    const name = `busy-${width}`;
    await recordManyWaits(name);
    const { page } = await browser.open(daemon.signingIn(`/db/${name}/capacity?from=-10m`), {
      viewport: { width, height: 900 },
    });
    const charts = page.getByRole('region', { name: 'Capacity over time' });
    const legend = charts.locator('.legend').last();
    await legend.getByText('CPU:Running').waitFor();
    const cut = await legend.evaluate((element) => element.scrollHeight - element.clientHeight);
    expect(cut).toBeLessThanOrEqual(1);
    const kept = section(page).getByRole('img', { name: 'what is kept there' });
    await kept.locator('canvas').waitFor();
    const hasPx = await kept.locator('.u-over').evaluate((over) => over.offsetLeft);
    const needsPx = await page.evaluate<number>(`
      const ink = document.createElement('canvas').getContext('2d');
      ink.font = '12px system-ui, sans-serif';
      ink.measureText('1,000 MiB').width;
    `);
    expect(hasPx).toBeGreaterThanOrEqual(needsPx + 5);
    const shots = process.env['AIRGLOW_SHOTS'];
    if (shots !== undefined)
      await page.screenshot({ path: `${shots}/capacity-${width}.png`, fullPage: true });
    await page.waitForLoadState('networkidle');
  });

  it('are nowhere on the page of a database that has none', async () => {
    const { page } = await browser.open(daemon.signingIn('/db/plain/capacity?from=-10m'));
    await page.getByRole('region', { name: 'Capacity over time' }).waitFor();
    await page.getByRole('heading', { name: 'What changed it, and what held it' }).waitFor();
    await page.waitForLoadState('networkidle');
    expect(await section(page).count()).toBe(0);
  });
});
