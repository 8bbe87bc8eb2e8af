import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Database } from '../../src/history/duckdb/database.ts';
import { openDuckDbHistory } from '../../src/history/duckdb/duckdb-history.ts';
import { aSample, aTick, HOUR, START } from '../../src/history/history-data.conformance.ts';
import type { History } from '../../src/history/history.ts';

const DAY = 24 * HOUR;
const DAY_FILES = ['2026-11-22.duckdb', '2026-11-23.duckdb'];
const FIVE_TABLES = ['rolled_five', 'sample_five', 'tick_five'];
let directory: string;
let history: History | null = null;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'airglow-upgrade-'));
});
afterEach(async () => {
  await history?.close();
  history = null;
  rmSync(directory, { recursive: true, force: true });
});

async function use<T>(work: (opened: History) => Promise<T>): Promise<T> {
  history = await openDuckDbHistory({ directory, retentionDays: 30 });
  const result = await work(history);
  await history.close();
  history = null;
  return result;
}

/** Runs SQL on the file of each day, which nobody has open, and returns the first columns of what it gives. */
async function onFiles(statements: readonly string[]): Promise<unknown[][]> {
  const database = await Database.open({ memoryLimitMb: 64, threads: 1, temporaryDirectory: directory });
  const found: unknown[][] = [];
  for (const [number, file] of DAY_FILES.entries()) {
    const catalog = `d${number}`;
    await database.writer.run(`ATTACH '${join(directory, file)}' AS ${catalog}`);
    for (const statement of statements) {
      const [first] = await database.writer.columns(statement.replaceAll('FILE', catalog));
      found.push(first ?? []);
    }
    await database.writer.run(`DETACH ${catalog}`);
  }
  database.close();
  return found;
}

const hoursWithFives = () => onFiles(['SELECT hour FROM FILE.rolled_five ORDER BY hour']);
const fiveTables = () =>
  onFiles([
    `SELECT table_name FROM information_schema.tables
     WHERE table_catalog = 'FILE' AND table_name LIKE '%five' ORDER BY table_name`,
  ]);

/** Ticks of two days, a minute apart, rolled up by hours and days as versions without five minutes left them. */
async function makeEarlierStore(): Promise<void> {
  await use(async (opened) => {
    const ticks = Array.from({ length: 2 * 24 * 60 }, (_, minute) =>
      aTick(START + minute * 60_000 + 1, [
        aSample({ 'db.user': `user ${minute % 7}` }, 100 + (minute % 300)),
        aSample({}, 50, 'idle in transaction'),
      ]),
    );
    await opened.appendTicks('shop', ticks);
    await opened.maintain(START + 3 * DAY);
  });
  await onFiles(FIVE_TABLES.map((table) => `DROP TABLE FILE.${table}`));
  expect(await fiveTables()).toEqual([[], []]);
}

async function ask(opened: History): Promise<unknown[]> {
  const window = { target: 'shop', fromMs: START + 1_234_567, toMs: START + 2 * DAY - 7_654_321 };
  const grouped = { ...window, groupBy: 'db.user' } as const;
  return Promise.all([
    opened.series({ ...grouped, periodSeconds: 300 }),
    opened.series({ ...window, periodSeconds: 300, activity: 'idle in transaction' }),
    opened.series({ ...grouped, periodSeconds: 3600 }),
    opened.top(grouped),
    opened.top({ ...grouped, partitionBy: 'db.host' }),
  ]);
}

it('reads a store without five minutes as it is, and does not change it for that', async () => {
  await makeEarlierStore();
  const answers = await use(ask);
  expect(answers[3]).toMatchObject({ coveredMs: 2_732_000 });
  expect(await fiveTables()).toEqual([[], []]);
});

it('makes up for five minutes, the latest first, a day of hours at a time', async () => {
  await makeEarlierStore();
  const before = await use(ask);
  const all = Array.from({ length: 24 }, (_, hour) => hour);
  const nowMs = START + 3 * DAY;
  const report = await use(async (opened) => {
    const first = await opened.maintain(nowMs);
    expect(await ask(opened)).toEqual(before);
    return first;
  });
  expect(report).toEqual({ droppedDays: 0, rolledUpHours: 0 });
  expect(await fiveTables()).toEqual([[], FIVE_TABLES]);
  await use(async (opened) => {
    expect(await ask(opened)).toEqual(before);
    await opened.maintain(nowMs);
    expect(await ask(opened)).toEqual(before);
  });
  expect(await hoursWithFives()).toEqual([all, all]);
  // What is read of them is what they hold, not the samples.
  await onFiles(['UPDATE FILE.sample_five SET active_ms = 2 * active_ms']);
  expect(await use(ask)).not.toEqual(before);
});

it('takes late ticks of a store without five minutes', async () => {
  await makeEarlierStore();
  const late = aTick(START + 5 * HOUR + 30_000, [aSample({ 'db.user': 'late' }, 1000)]);
  const [before, after] = await use(async (opened) => {
    await opened.appendTicks('shop', [late]);
    const answers = await ask(opened);
    await opened.maintain(START + 3 * DAY);
    await opened.maintain(START + 3 * DAY);
    return [answers, await ask(opened)];
  });
  expect(after).toEqual(before);
  expect(JSON.stringify(before)).toContain('"late"');
  expect((await hoursWithFives()).map((hours) => hours.length)).toEqual([24, 24]);
});
