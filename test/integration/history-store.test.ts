import {
  appendFileSync,
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { processIdentity } from '../../src/kernel/process-identity.ts';
import { aDigest, aSample, aTick, HOUR, START } from '../../src/history/history-data.conformance.ts';
import { type DuckDbHistoryOptions, openDuckDbHistory } from '../../src/history/duckdb/duckdb-history.ts';
import type { History } from '../../src/history/history.ts';
import { RecorderProcess } from './history-recorder.ts';

const DAY = 24 * HOUR;
let directory: string;
let opened: History[] = [];

beforeEach(() => {
  directory = join(mkdtempSync(join(tmpdir(), 'airglow-store-')), 'history');
});
afterEach(async () => {
  for (const history of opened) await history.close();
  opened = [];
  rmSync(join(directory, '..'), { recursive: true, force: true });
});

async function open(more: Partial<DuckDbHistoryOptions> = {}): Promise<History> {
  const history = await openDuckDbHistory({ directory, ...more });
  opened.push(history);
  return history;
}

async function close(history: History): Promise<void> {
  opened = opened.filter((each) => each !== history);
  await history.close();
}

/** One busy minute at noon of each day. */
async function recordDays(history: History, days: number): Promise<void> {
  for (let day = 0; day < days; day++)
    await history.appendTicks(
      'shop',
      Array.from({ length: 60 }, (_, s) =>
        aTick(START + day * DAY + DAY / 2 + s * 1000, [
          aSample({ 'db.user': `user ${s}` }, 1000),
          aSample({}, 500),
        ]),
      ),
    );
  await history.flush();
}

async function coveredByDay(history: History, days: number): Promise<number[]> {
  const window = { target: 'shop', fromMs: START, toMs: START + days * DAY };
  return [...(await history.series({ ...window, periodSeconds: 86400 })).coveredMs];
}

it('keeps its files to itself', async () => {
  const history = await open();
  await recordDays(history, 2);
  await history.saveDigests([aDigest('1', 'select $1')]);
  await history.flush();
  expect(statSync(directory).mode & 0o777).toBe(0o700);
  const files = readdirSync(directory).filter((name) => statSync(join(directory, name)).isFile());
  expect(files).toEqual(
    expect.arrayContaining(['2026-11-22.duckdb', '2026-11-23.duckdb', 'airglow.duckdb', 'airglow.lock']),
  );
  for (const file of files)
    expect([file, statSync(join(directory, file)).mode & 0o777]).toEqual([file, 0o600]);
});

it('keeps everything over a restart, and goes on', async () => {
  const first = await open();
  await recordDays(first, 2);
  await first.saveDigests([aDigest('1', 'select $1')]);
  await first.maintain(START + 3 * DAY);
  await close(first);
  const second = await open();
  expect(await coveredByDay(second, 2)).toEqual([60_000, 60_000]);
  expect(await second.digests(['1'])).toEqual([aDigest('1', 'select $1')]);
  await second.appendTicks('shop', [aTick(START + DAY, [aSample({ 'db.user': 'user 1' }, 400)])]);
  const top = await second.top({
    target: 'shop',
    fromMs: START,
    toMs: START + 2 * DAY,
    groupBy: 'db.user',
    limit: 2,
  });
  expect(top.coveredMs).toBe(121_000);
  expect(top.rows.map(({ key, aas }) => [key, Math.round(aas * top.coveredMs)])).toEqual([
    ['alice', 60_000],
    ['user 1', 2400],
  ]);
});

it('refuses a store that this process has open', async () => {
  await open();
  await expect(open()).rejects.toMatchObject({
    code: 'STORE_LOCKED',
    message: expect.stringContaining('this process') as string,
  });
});

it('takes over from a holder that is gone, even when its number is in use again', async () => {
  await close(await open());
  writeFileSync(
    join(directory, 'airglow.lock'),
    JSON.stringify({ pid: process.ppid, identity: 'of another start' }),
  );
  const history = await open();
  expect(history.health().status).toBe('recording');
});

it('refuses a store whose holder lives, although no file says so but the lock', async () => {
  await close(await open());
  const holder = { pid: process.ppid, identity: processIdentity(process.ppid) };
  writeFileSync(join(directory, 'airglow.lock'), JSON.stringify(holder));
  await expect(open()).rejects.toMatchObject({
    code: 'STORE_LOCKED',
    message: expect.stringContaining(`process ${process.ppid}`) as string,
  });
});

it('takes over from a holder that had our number, as in a restarted container', async () => {
  await close(await open());
  const identity = processIdentity(process.pid);
  writeFileSync(join(directory, 'airglow.lock'), JSON.stringify({ pid: process.pid, identity }));
  const history = await open();
  expect(history.health().status).toBe('recording');
});

it('drops old days, and their bytes', async () => {
  const patient = await open({ retentionDays: 30 });
  await recordDays(patient, 6);
  await patient.maintain(START + 6 * DAY);
  await close(patient);
  writeFileSync(join(directory, '2026-11-22.duckdb.damaged-1'), 'x'.repeat(10_000));
  const history = await open({ retentionDays: 3 });
  const before = history.health().bytesOnDisk;
  expect((await history.maintain(START + 6 * DAY)).droppedDays).toBe(3);
  expect(history.health().bytesOnDisk).toBeLessThan(before * 0.75);
  expect(readdirSync(directory).filter((name) => name < '2026-11-25')).toEqual([]);
  expect(await coveredByDay(history, 6)).toEqual([0, 0, 0, 60_000, 60_000, 60_000]);
});

it('rolls up each hour once', async () => {
  const history = await open();
  await recordDays(history, 2);
  expect(await history.maintain(START + DAY / 2)).toEqual({ droppedDays: 0, rolledUpHours: 0 });
  expect(await history.maintain(START + DAY / 2 + HOUR)).toEqual({ droppedDays: 0, rolledUpHours: 1 });
  expect(await history.maintain(START + 3 * DAY)).toEqual({ droppedDays: 0, rolledUpHours: 1 });
  expect(await history.maintain(START + 3 * DAY)).toEqual({ droppedDays: 0, rolledUpHours: 0 });
});

it('drops what cannot be written rather than stop for good', async () => {
  const history = await open({ flushIntervalMs: 50 });
  await history.appendTicks('shop', [aTick(Number.NaN, [aSample({}, 1)])]);
  await expect(history.flush()).rejects.toMatchObject({ code: 'STORE_CORRUPT' });
  await expect
    .poll(() => history.health(), { timeout: 30_000 })
    .toMatchObject({ status: 'recording', lostTicks: 1 });
  await recordDays(history, 1);
  expect(await coveredByDay(history, 1)).toEqual([60_000]);
});

it('writes while a long read goes on', async () => {
  const history = await open();
  const ticks = Array.from({ length: 20_000 }, (_, s) =>
    aTick(
      START + s * 1000,
      Array.from({ length: 8 }, (__, i) => aSample({ 'db.sql_tokenized': `${(s * 31 + i) % 5000}` }, 100)),
    ),
  );
  await history.appendTicks('shop', ticks);
  await history.flush();
  let isReading = true;
  let writes = 0;
  const window = { target: 'shop', fromMs: START, toMs: START + DAY, groupBy: 'db.sql_tokenized' } as const;
  const reads = Promise.all(
    Array.from({ length: 6 }, () => history.series({ ...window, periodSeconds: 1, limit: 5 })),
  ).then(() => (isReading = false));
  while (isReading) {
    await history.appendTicks('blog', [aTick(START + writes * 1000, [aSample({}, 1000)])]);
    await history.flush();
    writes++;
  }
  await reads;
  expect(writes).toBeGreaterThan(1);
}, 120_000);

describe('a damaged file', () => {
  const dayFile = () => join(directory, '2026-11-23.duckdb');
  const overwrite = (path: string, position: number, length: number) => {
    const file = openSync(path, 'r+');
    writeSync(file, Buffer.alloc(length, 7), 0, length, position);
    closeSync(file);
  };

  it.for([
    ['cut in half', () => truncateSync(dayFile(), statSync(dayFile()).size >> 1)],
    ['empty', () => truncateSync(dayFile(), 0)],
    ['with another header', () => overwrite(dayFile(), 0, 12_288)],
    ['of another kind', () => writeFileSync(dayFile(), 'hello '.repeat(10_000))],
  ] as const)('%s does not keep the other days from being read', async ([, damage]) => {
    const first = await open();
    await recordDays(first, 3);
    await close(first);
    damage();
    const second = await open();
    expect(second.health()).toMatchObject({
      status: 'recording',
      message: expect.stringContaining('2026-11-23.duckdb is damaged and was set aside') as string,
    });
    expect(readdirSync(directory)).toContain('2026-11-23.duckdb.damaged-1');
    expect(await coveredByDay(second, 3)).toEqual([60_000, 0, 60_000]);
    await second.appendTicks('shop', [aTick(START + DAY, [])]);
    expect(await coveredByDay(second, 3)).toEqual([60_000, 1000, 60_000]);
  });

  it('that shows only when it is read is set aside then', async () => {
    const first = await open();
    const ticks = Array.from({ length: 30_000 }, (_, s) =>
      aTick(
        START + DAY + s * 1000,
        Array.from({ length: 6 }, (__, i) =>
          aSample({ 'db.user': `${(s * 7 + i) % 900}` }, 1 + ((s * 13) % 997)),
        ),
      ),
    );
    await recordDays(first, 3);
    await first.appendTicks('shop', ticks);
    await close(first);
    const size = statSync(dayFile()).size;
    for (let position = 262_144 + 12_288 + 1000; position < size * 0.7; position += 262_144)
      overwrite(dayFile(), position, 4096);
    const second = await open();
    const covered = await coveredByDay(second, 3);
    const top = await second.top({
      target: 'shop',
      fromMs: START,
      toMs: START + 3 * DAY,
      groupBy: 'db.user',
    });
    expect(second.health().message).toContain('set aside');
    expect([covered[0], covered[2]]).toEqual([60_000, 60_000]);
    expect(top.coveredMs).toBe(120_000);
  }, 120_000);

  it('of digests is replaced', async () => {
    const first = await open();
    await recordDays(first, 1);
    await close(first);
    writeFileSync(join(directory, 'airglow.duckdb'), 'nonsense');
    const second = await open();
    expect(second.health().message).toContain('airglow.duckdb is damaged');
    await second.saveDigests([aDigest('1', 'select $1')]);
    expect(await second.digests(['1'])).toHaveLength(1);
    expect(await coveredByDay(second, 1)).toEqual([60_000]);
  });
});

it('keeps what the log holds before its damage', async () => {
  const recorder = new RecorderProcess(directory, 0);
  const log = join(directory, '2026-11-22.duckdb.wal');
  const logBytes = () => statSync(log, { throwIfNoEntry: false })?.size ?? 0;
  try {
    await recorder.until(() => logBytes() > 20_000, 'a log');
  } finally {
    await recorder.kill();
  }
  appendFileSync(log, Buffer.alloc(500));
  const history = await open();
  expect(history.health().message).toContain('was cut');
  expect((await coveredByDay(history, 1))[0]).toBeGreaterThan(0);
}, 120_000);
