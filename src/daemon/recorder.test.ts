import { afterEach, expect, test } from 'vitest';
import { ScriptedObserver, scriptedSample, scriptedTick } from '../../test/kit/scripted-observer.ts';
import { waitFor } from '../../test/kit/wait-for.ts';
import { AirglowError } from '../errors.ts';
import type { History, HistoryHealth } from '../history/history.ts';
import { createMemoryHistory } from '../history/memory/memory-history.ts';
import { Recorder } from './recorder.ts';

const START = Date.UTC(2026, 10, 22, 12);
const WINDOW = { target: 'db1', fromMs: START - 1000, toMs: START + 3_600_000 };
const running: Recorder[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((recorder) => recorder.stop()));
});

/** A real history that can be told to refuse. */
function refusingHistory() {
  const history = createMemoryHistory({ retentionMs: 86_400_000 });
  const control = { refuse: null as Error | null, storeStatus: 'recording' as HistoryHealth['status'] };
  const guard =
    <Args extends unknown[]>(append: (...args: Args) => Promise<void>) =>
    async (...args: Args) => {
      if (control.refuse) throw control.refuse;
      await append(...args);
    };
  const wrapped: History = Object.assign(Object.create(history) as History, {
    appendTicks: guard(history.appendTicks.bind(history)),
    appendCounters: guard(history.appendCounters.bind(history)),
    appendEvents: guard(history.appendEvents.bind(history)),
    appendDecisions: guard(history.appendDecisions.bind(history)),
    saveDigests: guard(history.saveDigests.bind(history)),
    top: history.top.bind(history),
    events: history.events.bind(history),
    decisions: history.decisions.bind(history),
    digests: history.digests.bind(history),
    counterSeries: history.counterSeries.bind(history),
    flush: history.flush.bind(history),
    health: () => ({ ...history.health(), status: control.storeStatus }),
  });
  return { history: wrapped, control };
}

function record(options: { flushIntervalMs?: number; capacityRows?: number } = {}) {
  const { history, control } = refusingHistory();
  const observer = new ScriptedObserver('db1');
  const lines: string[] = [];
  const recorder = new Recorder({
    history,
    log: (line) => lines.push(line),
    flushIntervalMs: 60_000,
    ...options,
  });
  running.push(recorder);
  recorder.attach(observer);
  return { history, control, observer, recorder, lines };
}

const busy = (atMs: number) => scriptedTick(atMs, [scriptedSample(2000, { 'db.wait_event': 'CPU:Running' })]);

async function coveredMs(history: History): Promise<number> {
  return (await history.top({ ...WINDOW, groupBy: 'db.wait_event' })).coveredMs;
}

test('settled ticks, digests, counters and events reach the history; live ticks do not', async () => {
  const { history, observer, recorder } = record();
  observer.tick(busy(START));
  observer.say({ kind: 'digests', digests: [{ id: 'a1', text: 'SELECT $1', truncated: false }] });
  observer.say({
    kind: 'counters',
    points: [{ atMs: START, durationMs: 1000, metric: 'm', key: 'k', value: 3 }],
  });
  const event = { atMs: START, kind: 'connected', severity: 'info', message: 'there', data: {} } as const;
  observer.say({ kind: 'event', event });
  await recorder.flush();
  expect(await history.top({ ...WINDOW, groupBy: 'db.wait_event' })).toMatchObject({
    coveredMs: 1000,
    totalAas: 2,
  });
  expect(await history.digests(['a1'])).toHaveLength(1);
  expect(await history.events(WINDOW)).toEqual([event]);
  const [series] = await history.counterSeries({ ...WINDOW, periodSeconds: 3600, metrics: ['m'] });
  expect(series?.points.some(({ value }) => value === 3)).toBe(true);
});

test('it records by itself, without being asked', async () => {
  const { history, observer } = record({ flushIntervalMs: 10 });
  observer.tick(busy(START));
  await waitFor(async () => (await coveredMs(history)) > 0, { what: 'the tick in the history' });
  expect(await coveredMs(history)).toBe(1000);
});

test('what a failing store refuses is kept, said, and recorded when the store is back, in order and once', async () => {
  const { history, control, observer, recorder, lines } = record();
  control.refuse = new AirglowError('STORE_FULL', 'the disk is full');
  control.storeStatus = 'full';
  for (let second = 0; second < 20; second++) {
    observer.tick(busy(START + second * 1000));
    await recorder.flush();
  }
  observer.say({ kind: 'digests', digests: [{ id: 'a1', text: 'SELECT $1', truncated: false }] });
  await recorder.flush();
  expect(recorder.health()).toEqual({
    status: 'retrying',
    message: 'the store refuses: the disk is full',
    queuedTicks: 20,
    lostTicks: 0,
  });
  expect(lines).toEqual(['the store refuses: the disk is full']);

  control.refuse = null;
  control.storeStatus = 'recording';
  observer.tick(busy(START + 20_000));
  await recorder.flush();
  expect(recorder.health()).toMatchObject({ status: 'recording', queuedTicks: 0, lostTicks: 0 });
  expect(await coveredMs(history)).toBe(21_000);
  expect(await history.digests(['a1'])).toHaveLength(1);
  expect(lines.at(-1)).toBe('the store records again');
});

test('while the store fails, memory is bounded: the oldest ticks give way and are counted', async () => {
  const { history, control, observer, recorder } = record({ capacityRows: 100 });
  control.refuse = new Error('no');
  control.storeStatus = 'failed';
  for (let second = 0; second < 300; second++) observer.tick(busy(START + second * 1000));
  await recorder.flush();
  expect(recorder.health()).toMatchObject({ queuedTicks: 50, lostTicks: 250 });
  control.refuse = null;
  await recorder.flush();
  const kept = await history.top({ ...WINDOW, fromMs: START + 250_000, groupBy: 'db.wait_event' });
  expect(kept.coveredMs).toBe(50_000);
});

test('a batch that a healthy store keeps refusing is given up, so that later ones get through', async () => {
  const { history, control, observer, recorder, lines } = record();
  control.refuse = new Error('cannot encode this');
  observer.tick(busy(START));
  for (let round = 0; round < 5; round++) await recorder.flush();
  expect(recorder.health()).toMatchObject({ queuedTicks: 0, lostTicks: 1 });
  expect(lines.some((line) => line.startsWith('gave up a batch (db1 ticks)'))).toBe(true);
  control.refuse = null;
  observer.tick(busy(START + 1000));
  await recorder.flush();
  expect(await coveredMs(history)).toBe(1000);
  expect(recorder.health().status).toBe('recording');
});

test('stopping records what is left and leaves the observer', async () => {
  const { history, observer, recorder } = record();
  observer.tick(busy(START));
  await recorder.stop();
  expect(await coveredMs(history)).toBe(1000);
  expect(observer.listenerCount).toBe(0);
});

test('decisions, and events that no observer tells, are recorded; a refused one is offered again', async () => {
  const { history, control, recorder } = record();
  const decision = (second: number) => ({ atMs: START + second * 1000, decision: { toAcu: second } });
  const event = { atMs: START, kind: 'created', severity: 'info', message: 'there', data: {} } as const;
  control.refuse = new Error('no');
  control.storeStatus = 'failed';
  recorder.record('db1', { decisions: [decision(1)], events: [event] });
  await recorder.flush();
  expect(await history.decisions(WINDOW)).toEqual([]);
  control.refuse = null;
  recorder.record('db1', { decisions: [decision(2)] });
  await recorder.flush();
  expect(await history.decisions(WINDOW)).toEqual([decision(2), decision(1)]);
  expect(await history.events(WINDOW)).toEqual([event]);
});

test('a target that gets another observer keeps what waits for the store', async () => {
  const { history, control, observer, recorder } = record();
  control.refuse = new Error('no');
  control.storeStatus = 'failed';
  observer.tick(busy(START));
  await recorder.flush();
  const second = new ScriptedObserver('db1');
  const leave = recorder.attach(second);
  second.tick(busy(START + 1000));
  leave();
  second.tick(busy(START + 2000));
  control.refuse = null;
  await recorder.flush();
  expect(await coveredMs(history)).toBe(2000);
  expect(second.listenerCount).toBe(0);
});
