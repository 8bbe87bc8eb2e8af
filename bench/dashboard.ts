import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Page } from 'playwright-core';
import { findChromium } from '../test/kit/chromium.ts';
import { dragZoom, inLegend, sliceBy } from '../test/kit/load-page.ts';
import { measureBrowserCpu } from './dashboard/browser-cpu.ts';
import type { BrowserCpu } from './dashboard/browser-cpu.ts';
import { forget, spansDays, untilDrawn } from './dashboard/drawn.ts';
import { Visitor } from './dashboard/visitor.ts';
import { allScriptBytes, loadedScriptBytes } from './dashboard/script-size.ts';
import { serveHistory } from './dashboard/served.ts';
import type { Served } from './dashboard/served.ts';
import { printTable, rounded } from './history/measure.ts';
import { TARGET } from './history/questions.ts';

const USAGE = `npm run bench -- dashboard [--rows 19000000] [--days 7] [--repetitions 10] [--live-seconds 30] [--data FOLDER] [--json]
The dashboard in Chromium on a week of load, from a daemon in a process of its own: how much script it is, how soon the
week is on the screen, a zoom, another slice, a filter, and what the live page costs the browser. A time ends when the
frame with the new picture was painted. --data keeps the record there and goes on from what it has. --json prints only
the line of JSON. A try: --rows 500000 --repetitions 3.`;

const TARGETS = { scriptKb: 200, openMs: 1000, actionMs: 200, livePercent: 5 } as const;

export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      rows: { type: 'string', default: '19000000' },
      days: { type: 'string', default: '7' },
      repetitions: { type: 'string', default: '10' },
      'live-seconds': { type: 'string', default: '30' },
      data: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return console.log(USAGE);
  const { path, reason } = await findChromium();
  if (path === null) throw new Error(reason);
  const [rows, days, repetitions] = [Number(values.rows), Number(values.days), Number(values.repetitions)];
  const folder = values.data ?? mkdtempSync(join(tmpdir(), 'airglow-bench-dashboard-'));
  // As the daemon wants its folder.
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (!values.json) console.log(`Recording ${rows} rows of ${days} days ...`);
  let served: Served | null = null;
  try {
    served = await serveHistory(folder, rows, days);
    const visitor = new Visitor(path, served);
    const figures = {
      bench: 'dashboard',
      rows: served.rows,
      days,
      repetitions,
      allScriptKb: rounded(allScriptBytes() / 1000),
      ...(await measureOpening(visitor, days, repetitions)),
      ...(await measureActions(visitor, days, repetitions)),
      live: await measureLive(visitor, Number(values['live-seconds'])),
    };
    if (!values.json) report(figures);
    console.log(JSON.stringify(figures));
  } finally {
    await served?.stop();
    if (values.data === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

interface Times {
  readonly medianMs: number;
  readonly worstMs: number;
}

const address = (from: string): string => `/db/${TARGET}/load?from=${from}`;

/** In a browser just started, and once more in the same one. */
async function measureOpening(visitor: Visitor, days: number, repetitions: number) {
  const [coldMs, warmMs]: [number[], number[]] = [[], []];
  let loadedScript = 0;
  for (let repetition = 0; repetition < repetitions; repetition++) {
    await visitor.visit(address(`-${days}d`), async (page) => {
      coldMs.push(await untilDrawn(page, spansDays(days), 'navigation'));
      loadedScript = await loadedScriptBytes(page);
      await page.reload();
      warmMs.push(await untilDrawn(page, spansDays(days), 'navigation'));
    });
  }
  return {
    loadedScriptKb: rounded(loadedScript / 1000),
    openCold: timesOf(coldMs),
    openWarm: timesOf(warmMs),
  };
}

/** Each on the whole time again, another part and another value every time, so nothing was asked before. */
async function measureActions(visitor: Visitor, days: number, repetitions: number) {
  const [zoom, slice, filter]: [number[], number[], number[]] = [[], [], []];
  await visitor.visit(address(`-${days}d`), async (page) => {
    for (let repetition = 0; repetition < repetitions; repetition++) {
      const whole = async (): Promise<Page> => {
        await page.goto(new URL(address(`-${days}d`), page.url()).href);
        await untilDrawn(page, spansDays(days), 'navigation');
        await forget(page);
        return page;
      };
      await dragZoom(await whole(), 0.1 + repetition * 0.03, 0.5 + repetition * 0.04);
      zoom.push(await untilDrawn(page, `drawn.toMs - drawn.fromMs < ${days} * 86400000 * 0.9`, 'action'));
      await sliceBy(await whole()).selectOption('db.user');
      slice.push(await untilDrawn(page, `drawn.series.includes('billing')`, 'action'));
      await whole();
      await inLegend(page, 'CPU:Running').click();
      filter.push(
        await untilDrawn(
          page,
          `drawn.series.includes('CPU:Running') && !drawn.series.includes('CPU:Waiting')`,
          'action',
        ),
      );
    }
  });
  return { zoom: timesOf(zoom), slice: timesOf(slice), filter: timesOf(filter) };
}

/** The last five minutes with a tick a second; beside it the same browser with an empty page. */
async function measureLive(
  visitor: Visitor,
  seconds: number,
): Promise<BrowserCpu & { readonly emptyPercent: number }> {
  return await visitor.visit(address('-5m'), async (page, browserPid) => {
    await untilDrawn(page, 'true', 'navigation');
    await page.getByText('AAS now').waitFor();
    // What the start of a page leaves to be done is no part of it.
    await page.waitForTimeout(5000);
    const live = await measureBrowserCpu(browserPid, seconds);
    await page.goto('about:blank');
    await page.waitForTimeout(2000);
    const empty = await measureBrowserCpu(browserPid, Math.min(10, seconds));
    return {
      pagePercent: rounded(live.pagePercent),
      allPercent: rounded(live.allPercent),
      emptyPercent: rounded(empty.allPercent),
    };
  });
}

function timesOf(all: readonly number[]): Times {
  const sorted = all.toSorted((one, other) => one - other);
  const middle = sorted.length / 2;
  const median = ((sorted[Math.ceil(middle) - 1] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2;
  return { medianMs: Math.round(median), worstMs: Math.round(sorted.at(-1) ?? 0) };
}

interface Figures {
  readonly rows: number;
  readonly allScriptKb: number;
  readonly loadedScriptKb: number;
  readonly openCold: Times;
  readonly openWarm: Times;
  readonly zoom: Times;
  readonly slice: Times;
  readonly filter: Times;
  readonly live: BrowserCpu & { readonly emptyPercent: number };
}

function report({ rows, openCold, openWarm, zoom, slice, filter, live, ...sizes }: Figures): void {
  const times = (name: string, { medianMs, worstMs }: Times, targetMs: number): (string | number)[] => [
    name,
    `${medianMs} ms`,
    `${worstMs} ms`,
    `${targetMs} ms`,
  ];
  console.log(`${rows} rows\n`);
  printTable(
    ['', 'median', 'worst', 'target'],
    [
      ['all script, gzip', `${sizes.allScriptKb} kB`, '', `${TARGETS.scriptKb} kB`],
      ['script of the page Load, as served', `${sizes.loadedScriptKb} kB`, '', ''],
      times('7 days drawn, browser just started', openCold, TARGETS.openMs),
      times('7 days drawn, page loaded again', openWarm, TARGETS.openMs),
      times('zoom', zoom, TARGETS.actionMs),
      times('slice', slice, TARGETS.actionMs),
      times('filter', filter, TARGETS.actionMs),
      ['live, 5 minutes, 1 s ticks: page and GPU', `${live.pagePercent} %`, '', `${TARGETS.livePercent} %`],
      ['the whole browser', `${live.allPercent} %`, '', ''],
      ['the whole browser with an empty page', `${live.emptyPercent} %`, '', ''],
    ],
  );
  console.log('');
}
