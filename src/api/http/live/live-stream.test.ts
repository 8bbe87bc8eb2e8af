import { afterEach, expect, test } from 'vitest';
import { NOW } from '../../../../test/kit/scripted-api.ts';
import { ScriptedObserver, scriptedSample, scriptedTick } from '../../../../test/kit/scripted-observer.ts';
import { waitFor } from '../../../../test/kit/wait-for.ts';
import { TargetRegistry } from '../../../daemon/target-registry.ts';
import { readServerSentEvents } from '../../server-sent-events.ts';
import { liveSource } from './live-source.ts';
import { createLiveStream } from './live-stream.ts';
import type { LiveStreamOptions } from './live-stream.ts';

const closing: AbortController[] = [];

afterEach(() => {
  for (const controller of closing.splice(0)) controller.abort();
});

function follow(change: Partial<LiveStreamOptions> = {}) {
  const observers = [new ScriptedObserver('db1'), new ScriptedObserver('db2')];
  const targets = new TargetRegistry();
  for (const observer of observers) targets.add(observer);
  const controller = new AbortController();
  closing.push(controller);
  const seen = { ended: 0, disconnected: 0, elapsedMs: 0 };
  const stream = createLiveStream({
    source: liveSource({ targets }, null),
    groupBy: ['db.wait_event'],
    version: '1.2.3',
    heartbeatMs: 3_600_000,
    stallMs: 60_000,
    closing: controller.signal,
    elapsed: () => seen.elapsedMs,
    onEnd: () => seen.ended++,
    disconnect: () => seen.disconnected++,
    ...change,
  });
  return { stream, targets, observers, observer: observers[0]!, controller, seen };
}

async function next(events: AsyncGenerator<{ event: string; data: string }>) {
  const { value } = (await events.next()) as { value: { event: string; data: string } };
  return { event: value.event, data: JSON.parse(value.data) as Record<string, unknown> };
}

test('ticks and events of all targets follow a greeting', async () => {
  const { stream, observers } = follow();
  const events = readServerSentEvents(stream);
  expect(await next(events)).toEqual({ event: 'hello', data: { version: '1.2.3', targets: ['db1', 'db2'] } });
  observers[1]!.tick(scriptedTick(NOW, [scriptedSample(1500, { 'db.wait_event': 'Lock:tuple' })]));
  expect(await next(events)).toEqual({
    event: 'tick',
    data: {
      target: 'db2',
      atMs: NOW,
      durationMs: 1000,
      source: 'kernel',
      state: 'observed',
      thinning: 1,
      aas: 1.5,
      idleInTransaction: 0,
      by: { 'db.wait_event': [{ key: 'Lock:tuple', aas: 1.5 }] },
    },
  });
  const event = {
    atMs: NOW,
    kind: 'reconnected',
    severity: 'info',
    message: 'line one\nline two',
    data: {},
  } as const;
  observers[0]!.say({ kind: 'event', event });
  expect(await next(events)).toEqual({ event: 'event', data: { target: 'db1', ...event } });
});

test('many keys are summed up under (other)', async () => {
  const { stream, observer } = follow();
  const events = readServerSentEvents(stream);
  await next(events);
  const samples = Array.from({ length: 50 }, (_, index) =>
    scriptedSample(100, { 'db.wait_event': `IO:E${index}` }),
  );
  observer.tick(scriptedTick(NOW, samples));
  const { data } = await next(events);
  const rows = (data['by'] as Record<string, { key: string; aas: number }[]>)['db.wait_event']!;
  expect(rows).toHaveLength(21);
  expect(rows.at(-1)).toEqual({ key: '(other)', aas: expect.closeTo(3, 9) as number });
  expect(rows.reduce((total, { aas }) => total + aas, 0)).toBeCloseTo(5, 9);
});

test('a slow reader gets the newest ticks and is told how many it missed; no event is lost to ticks', async () => {
  const { stream, observer } = follow();
  const events = readServerSentEvents(stream);
  await next(events);
  observer.say({ kind: 'event', event: { atMs: NOW, kind: 'x', severity: 'info', message: 'm', data: {} } });
  for (let second = 0; second < 1000; second++) observer.tick(scriptedTick(NOW + second * 1000));
  const received = [];
  for (let count = 0; count < 66; count++) received.push(await next(events));
  const ticks = received.filter(({ event }) => event === 'tick');
  expect(ticks).toHaveLength(64);
  expect(ticks.at(-1)?.data['atMs']).toBe(NOW + 999_000);
  const skipped = received
    .filter(({ event }) => event === 'skipped')
    .map(({ data }) => data['ticks'] as number);
  expect(skipped.reduce((total, count) => total + count, 0)).toBe(1000 - 64);
  expect(received.filter(({ event }) => event === 'event')).toHaveLength(1);
});

test('when nothing happens a heartbeat does', async () => {
  const { stream } = follow({ heartbeatMs: 5 });
  const reader = stream.getReader();
  await reader.read();
  expect(new TextDecoder().decode((await reader.read()).value)).toBe(': heartbeat\n\n');
});

test('a reader that takes nothing is cut off', async () => {
  const { stream, targets, observer, seen } = follow({ heartbeatMs: 5 });
  const reader = stream.getReader();
  await reader.read();
  observer.tick(scriptedTick(NOW));
  seen.elapsedMs = 59_000;
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(seen.disconnected).toBe(0);
  seen.elapsedMs = 61_000;
  await waitFor(() => seen.disconnected === 1, { what: 'the cut' });
  expect(seen.ended).toBe(1);
  expect(targets.listenerCount).toBe(0);
  expect((await reader.read()).done).toBe(true);
});

test.each(['by the reader', 'by the server'])('ended %s, it leaves the targets, once', async (who) => {
  const { stream, targets, observers, controller, seen } = follow();
  const reader = stream.getReader();
  await reader.read();
  const pending = reader.read();
  if (who === 'by the reader') await reader.cancel();
  else controller.abort();
  expect((await pending).done).toBe(true);
  controller.abort();
  expect(seen.ended).toBe(1);
  expect(targets.listenerCount).toBe(0);
  observers[0]!.tick(scriptedTick(NOW));
});

test('after the end of the server a stream is over before it begins', async () => {
  const controller = new AbortController();
  controller.abort();
  const { stream, seen } = follow({ closing: controller.signal });
  expect((await stream.getReader().read()).done).toBe(true);
  expect(seen.ended).toBe(1);
});
