/**
 * A daemon with a week behind it and a load that goes on, in a process of its own: tsx serve.ts FOLDER ROWS DAYS. What is
 * in the folder already is gone on from. Prints one line of JSON when it listens; ends cleanly at SIGTERM.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runWatch } from '../../src/daemon/watch.ts';
import { openDuckDbHistory } from '../../src/history/duckdb/duckdb-history.ts';
import type { History } from '../../src/history/history.ts';
import type { LoadTick } from '../../src/load/model.ts';
import { ScriptedObserver } from '../../test/kit/scripted-observer.ts';
import { TARGET } from '../history/questions.ts';
import { digestId, Workload } from '../history/workload.ts';

const INTERVAL_MS = 1000;
const DAY_MS = 86_400_000;
const TICKS_PER_BATCH = 600;
const DIGESTS = 500;

const [dataDir = '', rowsWanted = '0', days = '7'] = process.argv.slice(2);
const rowsPerTick = (Number(rowsWanted) * INTERVAL_MS) / (Number(days) * DAY_MS);
const workload = new Workload();
let rows = 0;
let ticks = 0;

/** The workload makes more rows than were asked for; the rest is left out, in each tick as many. */
function tickAt(atMs: number): LoadTick {
  ticks++;
  const tick = workload.tick(atMs);
  const samples = tick.samples.slice(0, Math.max(1, Math.round(ticks * rowsPerTick) - rows));
  rows += samples.length;
  return { ...tick, samples };
}

/** From `fromMs` until it has caught up with the clock. */
async function fill(history: History, fromMs: number): Promise<number> {
  let atMs = fromMs;
  while (atMs < Date.now() - INTERVAL_MS) {
    const count = Math.min(TICKS_PER_BATCH, Math.floor((Date.now() - atMs) / INTERVAL_MS));
    const first = atMs;
    await history.appendTicks(
      TARGET,
      Array.from({ length: count }, (_, index) => tickAt(first + index * INTERVAL_MS)),
    );
    atMs += count * INTERVAL_MS;
  }
  return atMs;
}

async function record(): Promise<void> {
  const history = await openDuckDbHistory({ directory: join(dataDir, 'history') });
  const [known] = await history.targets();
  const digests = Array.from({ length: DIGESTS }, (_, index) => ({
    id: digestId(index),
    text: `select o.id, o.total from orders_${index} o join customers c on c.id = o.customer_id where c.region = ?`,
    truncated: false,
  }));
  await history.saveDigests(digests);
  const reachedMs = await fill(history, known?.lastMs ?? Date.now() - Number(days) * DAY_MS);
  await history.flush();
  await history.maintain(Date.now());
  await fill(history, reachedMs);
  await history.close();
}

const counted = join(dataDir, 'bench-rows');
await record();
const totalRows = rows + (existsSync(counted) ? Number(readFileSync(counted, 'utf8')) : 0);
writeFileSync(counted, String(totalRows));
const observer = new ScriptedObserver(TARGET);
const watch = await runWatch(
  {
    targets: [{ name: TARGET, url: 'postgres://nobody@127.0.0.1:1/none' }],
    listen: { host: '127.0.0.1', port: 0 },
    dataDir,
    intervalMs: INTERVAL_MS,
    retentionDays: Number(days) + 1,
    log: (line) => process.stderr.write(`${line}\n`),
  },
  {
    createObserver: () => observer,
    openHistory: (await import('../../src/daemon/open-history.ts')).openHistory,
  },
);
const timer = setInterval(() => observer.tick(tickAt(Date.now())), INTERVAL_MS);
process.stdout.write(`${JSON.stringify({ url: watch.url, token: watch.token, rows: totalRows })}\n`);
process.once('SIGTERM', () => {
  clearInterval(timer);
  void watch.stop();
});
