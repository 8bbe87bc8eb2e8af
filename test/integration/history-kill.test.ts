import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { START } from '../../src/history/history-data.conformance.ts';
import { openDuckDbHistory } from '../../src/history/duckdb/duckdb-history.ts';
import { RecorderProcess } from './history-recorder.ts';

const KILLS = 6;
const MAY_BE_LOST_MS = 5000;

let directory: string;
let recorder: RecorderProcess | null = null;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'airglow-kill-'));
});
afterEach(async () => {
  await recorder?.kill();
  recorder = null;
  rmSync(directory, { recursive: true, force: true });
});

/** Records until something was said and some more time, kills, and returns what was said. */
async function recordAndKill(firstNumber: number, longerMs: number): Promise<RecorderProcess['ticks']> {
  const process = new RecorderProcess(directory, firstNumber);
  recorder = process;
  await process.until(() => process.ticks.length > 0, 'the first tick');
  await sleep(longerMs);
  await process.kill();
  return process.ticks;
}

it('survives kill -9 at any moment and loses at most 5 s', async () => {
  const kept = new Map<number, number>();
  let next = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const said = await recordAndKill(next, 100 + Math.random() * 1500);
    const killedAtMs = said.at(-1)!.atMs;
    const history = await openDuckDbHistory({ directory });
    expect(history.health()).toMatchObject({ status: 'recording', message: 'recording' });
    const toMs = START + (said.at(-1)!.number + 100_000) * 1000;
    const [span] = await history.targets();
    const lastNumber = span === undefined ? -1 : (span.lastMs - START) / 1000;
    let oldestLostMs = 0;
    for (const { number, atMs } of said) {
      if (number <= lastNumber) kept.set(number, (number % 1000) + 1);
      else oldestLostMs = Math.max(oldestLostMs, killedAtMs - atMs);
    }
    expect(oldestLostMs).toBeLessThan(MAY_BE_LOST_MS);
    // A tick may be on disk that the child had no time to tell about.
    for (let number = said.at(-1)!.number + 1; number <= lastNumber; number++)
      kept.set(number, (number % 1000) + 1);
    const top = await history.top({ target: 'shop', fromMs: START, toMs, groupBy: 'db.user', limit: 0 });
    expect(top.coveredMs).toBe(kept.size * 1000);
    const expectedMs = [...kept.values()].reduce((sum, ms) => sum + ms, 0);
    expect(top.totalAas * top.coveredMs).toBeCloseTo(expectedMs, 3);
    await history.close();
    next = lastNumber + 1;
  }
  expect(kept.size).toBeGreaterThan(0);
}, 300_000);

it('keeps a second process out, and lets go when the first is killed', async () => {
  const process = new RecorderProcess(directory, 0);
  recorder = process;
  await process.until(() => process.ticks.length > 0, 'the first tick');
  const refusal = {
    code: 'STORE_LOCKED',
    message: expect.stringContaining(`process ${process.pid}`) as string,
  };
  await expect(openDuckDbHistory({ directory })).rejects.toMatchObject(refusal);
  // Should the lock be lost, or not tell whether its holder lives, DuckDB's own one keeps others out.
  rmSync(join(directory, 'airglow.lock'));
  await expect(openDuckDbHistory({ directory })).rejects.toMatchObject(refusal);
  await process.kill();
  const history = await openDuckDbHistory({ directory });
  await history.close();
}, 120_000);
