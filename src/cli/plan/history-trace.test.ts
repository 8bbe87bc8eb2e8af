import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { History } from '../../history/history.ts';
import { openDuckDbHistory } from '../../history/duckdb/duckdb-history.ts';
import { createMemoryHistory } from '../../history/memory/memory-history.ts';
import { DIMENSIONS, type LoadTick, type Tuple, type WeightedSample } from '../../load/model.ts';
import { historyTrace } from './history-trace.ts';
import { openRecordedHistory } from './recorded-history.ts';

const START = Date.UTC(2026, 2, 1);
const NO_TUPLE = Object.fromEntries(DIMENSIONS.map((dimension) => [dimension, ''])) as Tuple;

function sample(
  event: string,
  weightMs: number,
  activity: WeightedSample['activity'] = 'active',
): WeightedSample {
  return { activity, tuple: { ...NO_TUPLE, 'db.wait_event': event }, weightMs };
}

function tick(second: number, samples: readonly WeightedSample[], durationMs = 1000): LoadTick {
  return {
    atMs: START + second * 1000,
    durationMs,
    source: 'kernel',
    state: 'observed',
    samples,
    activeTimeMs: null,
    thinning: 1,
    hiddenShare: 0,
    cost: { agentCpuMs: 0, backendCpuMs: null, tickMs: 0, lagMs: 0 },
  };
}

const memory = (): History => createMemoryHistory({ retentionMs: 1e12 });
const read = (history: History, target = 'orders', days: number | null = null) =>
  historyTrace({ history, target, days });

describe('a trace of the history', () => {
  it('of a short time has steps of a second', async () => {
    const history = memory();
    await history.appendTicks('orders', [
      tick(0, [sample('CPU:Running', 500), sample('CPU:Waiting', 250), sample('IO:DataFileRead', 100)]),
      tick(1, [sample('CPU', 2000), sample('IO:WALSync', 300), sample('IO:DataFileRead', 100)]),
      tick(2, [sample('Lock:tuple', 3000), sample('LWLock:WALWrite', 1000)]),
      tick(3, [sample('CPU:Running', 1000, 'background'), sample('Timeout:VacuumDelay', 9000, 'background')]),
    ]);
    const trace = await read(history);
    expect(trace).toMatchObject({ name: 'orders', startMs: START, stepSeconds: 1, length: 4 });
    expect([...trace.cpuCores]).toEqual([0.5, 2, 0, 1]);
    expect([...trace.ioSessions!].map((value) => Math.round(value * 10))).toEqual([1, 4, 0, 0]);
    expect([...trace.lockSessions!]).toEqual([0, 0, 3, 0]);
    expect([trace.memoryBytes, trace.networkBytesPerSecond]).toEqual([null, null]);
    expect(trace.notes.join('\n')).toContain('Work had to wait for a processor (0.06 sessions');
    expect(trace.notes.join('\n')).toContain('without the view of the kernel');
    expect(trace.notes.join('\n')).toContain('autovacuum is in it, 0.25 CPUs');
    expect(trace.notes.join('\n')).toContain('(0.25 sessions on average: clients');
  });

  it('of a long time has steps of a minute, over midnight too', async () => {
    const history = memory();
    const minutes = 30 * 60;
    await history.appendTicks(
      'orders',
      Array.from({ length: minutes }, (_, minute) =>
        tick(minute * 60 + 59, [sample('CPU:Running', minute)], 60_000),
      ),
    );
    const trace = await read(history);
    expect(trace).toMatchObject({ stepSeconds: 60, length: minutes, notes: [] });
    for (const minute of [0, 1, 1439, 1440, 1799])
      expect(trace.cpuCores[minute]).toBeCloseTo(minute / 60_000, 6);
    const last = await read(history, 'orders', 0.5);
    expect(last.length).toBe(721);
    expect(last.cpuCores.at(-1)).toBeCloseTo(1799 / 60_000, 6);
  });

  it('holds what was not observed, and has no load while paused', async () => {
    const history = memory();
    await history.appendTicks('orders', [
      tick(0, [sample('CPU:Running', 700)]),
      tick(4, [sample('CPU:Running', 300)]),
      { ...tick(5, []), state: 'paused' },
    ]);
    const trace = await read(history);
    expect([...trace.cpuCores].map((value) => Math.round(value * 10))).toEqual([7, 7, 7, 7, 3, 0]);
    expect(trace.notes).toEqual([
      '3 of 6 steps were not observed, so the value before is held; the longest gap is 3 s.',
    ]);
  });

  it('of the last days may begin in a gap', async () => {
    const history = memory();
    await history.appendTicks('orders', [
      tick(0, [sample('CPU:Running', 100)]),
      tick(86_398, [sample('CPU:Running', 300)]),
      tick(86_400, [sample('CPU:Running', 500)]),
    ]);
    const trace = await read(history, 'orders', 4 / 86_400);
    expect([...trace.cpuCores].map((value) => Math.round(value * 10))).toEqual([3, 3, 3, 3, 5]);
    expect(trace).toMatchObject({ ioSessions: null, lockSessions: null });
  });

  it('has memory and network where capacity was recorded', async () => {
    const history = memory();
    await history.appendTicks(
      'orders',
      [0, 1, 2, 3].map((second) => tick(second, [])),
    );
    const gauge = (second: number, metric: string, value: number) => ({
      atMs: START + second * 1000,
      durationMs: 0,
      metric,
      key: '',
      value,
    });
    await history.appendCounters('orders', [
      gauge(1, 'capacity.demand_memory_acu', 1.5),
      gauge(3, 'capacity.demand_memory_acu', 2),
      gauge(2, 'network.bytes_per_second', 1000),
    ]);
    const trace = await read(history);
    expect([...trace.memoryBytes!].map((bytes) => bytes / 2 ** 30)).toEqual([3, 3, 3, 4]);
    expect([...trace.networkBytesPerSecond!]).toEqual([1000, 1000, 1000, 1000]);
  });

  it('is none for a target that nobody knows', async () => {
    const history = memory();
    await expect(read(history)).rejects.toThrow('it is empty');
    await history.appendTicks('billing', [tick(0, [])]);
    await expect(read(history)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: 'the history has no target "orders"; it has: billing',
    });
    await expect(read(history, 'billing', 0)).rejects.toThrow('above 0');
  });
});

describe('a recorded history', () => {
  it('is opened in its data folder, unless somebody records, and never made', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'airglow-plan-history-'));
    try {
      await expect(openRecordedHistory(join(folder, 'none'))).rejects.toThrow('there is no folder');
      await expect(openRecordedHistory(folder)).rejects.toThrow('holds no history');
      const recording = await openDuckDbHistory({ directory: join(folder, 'history') });
      await recording.appendTicks('orders', [tick(0, [sample('CPU:Running', 1000)])]);
      const endpoint = { pid: process.pid, url: 'http://127.0.0.1:1', startedAtMs: 0 };
      writeFileSync(join(folder, 'endpoint.json'), JSON.stringify(endpoint));
      await expect(openRecordedHistory(folder)).rejects.toMatchObject({
        code: 'STORE_LOCKED',
        message: expect.stringContaining(
          `process ${process.pid} records into ${folder}: stop it, or read a copy of the folder without its history/airglow.lock`,
        ),
      });
      await expect(openRecordedHistory(join(folder, 'history'))).rejects.toThrow(
        `process ${process.pid} records into ${join(folder, 'history')}: stop it, or read a copy of the folder without its airglow.lock`,
      );
      await recording.close();
      const history = await openRecordedHistory(folder);
      expect([...(await read(history)).cpuCores]).toEqual([1]);
      await history.close();
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
