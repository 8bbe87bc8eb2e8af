import { afterEach, beforeEach, expect, test } from 'vitest';
import { ScriptedFleet, scriptedDecision } from '../../test/kit/scripted-fleet.ts';
import { scriptedSample, scriptedTick } from '../../test/kit/scripted-observer.ts';
import type { History } from '../history/history.ts';
import { createMemoryHistory } from '../history/memory/memory-history.ts';
import { FleetFollower } from './fleet-follower.ts';
import { Recorder } from './recorder.ts';

const START = Date.UTC(2026, 10, 22, 12);
const WINDOW = { target: 'shop', fromMs: START - 86_400_000, toMs: START + 86_400_000 };

let history: History;
let recorder: Recorder;
let fleet: ScriptedFleet;
let follower: FleetFollower;

beforeEach(async () => {
  history = createMemoryHistory({ retentionMs: 7 * 86_400_000 });
  recorder = new Recorder({ history, log: () => {}, flushIntervalMs: 3_600_000 });
  fleet = new ScriptedFleet();
  await fleet.create({ name: 'shop' });
  follower = new FleetFollower(fleet, recorder);
});

afterEach(async () => {
  follower.close();
  await recorder.stop();
});

const names = () => follower.targets.list().map(({ observer }) => observer.target);
const busy = (second: number) =>
  scriptedTick(START + second * 1000, [scriptedSample(1000, { 'db.wait_event': 'CPU:Running' })]);

async function coveredMs(): Promise<number> {
  await recorder.flush();
  return (await history.top({ ...WINDOW, groupBy: 'db.wait_event' })).coveredMs;
}

test('databases that were there and those that come are watched, those that go are not', async () => {
  expect(names()).toEqual(['shop']);
  await fleet.create({ name: 'crm' });
  expect(names()).toEqual(['shop', 'crm']);
  await fleet.stop('shop');
  expect(names()).toEqual(['crm']);
  await fleet.start('shop');
  expect(names().toSorted()).toEqual(['crm', 'shop']);
  await fleet.delete('crm');
  expect(names()).toEqual(['shop']);
});

test('what an observer says goes into the record, its last words and those of the next one too', async () => {
  const first = fleet.observer('shop')!;
  first.tick(busy(1));
  first.lastWords.push({ kind: 'settled', tick: busy(2) });
  await fleet.stop('shop');
  await fleet.start('shop');
  const second = fleet.observer('shop')!;
  expect(second).not.toBe(first);
  second.tick(busy(3));
  expect(await coveredMs()).toBe(3000);
  expect(follower.targets.list()[0]?.meter.totals().ticks).toBe(1);
  // Whoever has stopped is let go: only the fleet itself still listens.
  expect(first.listenerCount).toBe(1);
});

test('decisions and counters are recorded; an event once, though fleet and observer both tell it', async () => {
  fleet.decide('shop', scriptedDecision(START));
  fleet.decide('shop', scriptedDecision(START + 1000, { fromAcu: 2.5, toAcu: 2.5 }));
  fleet.decide('shop', scriptedDecision(START + 2000, { fromAcu: 2.5, toAcu: 2.5 }));
  const event = { atMs: START, kind: 'connected', severity: 'info', message: 'm', data: {} } as const;
  fleet.observer('shop')!.say({ kind: 'event', event });
  fleet.event('shop', 'adopted', START + 1000);
  fleet.count('shop', [{ atMs: START, durationMs: 0, metric: 'airglow.capacity', key: '', value: 2.5 }]);
  await recorder.flush();
  const decisions = await history.decisions(WINDOW);
  expect(decisions.map(({ atMs }) => atMs - START)).toEqual([0]);
  expect(decisions[0]?.decision).toMatchObject({
    toAcu: 2.5,
    reason: expect.stringContaining('up from') as string,
  });
  expect((await history.events(WINDOW)).map(({ kind }) => kind)).toEqual(['adopted', 'connected']);
  const counters = { ...WINDOW, periodSeconds: 86_400, metrics: ['airglow.capacity'] } as const;
  expect(await history.counterSeries(counters)).toHaveLength(1);
});

test('the end of a server log, which may hold SQL, does not come into the record', async () => {
  const message = 'PostgreSQL ended with code 1:\nFATAL: no\nSTATEMENT: select 1 as secret';
  const event = { atMs: START, kind: 'start-failed', severity: 'error', message, data: {} } as const;
  fleet.observer('shop')!.say({ kind: 'event', event });
  await recorder.flush();
  const events = await history.events(WINDOW);
  expect(events.map((one) => one.message)).toEqual(['PostgreSQL ended with code 1']);
});

test('who follows the targets hears those that come later, too', async () => {
  const heard: string[] = [];
  const leave = follower.targets.subscribe((target, { kind }) => heard.push(`${target} ${kind}`));
  await fleet.create({ name: 'crm' });
  fleet.observer('crm')!.tick(busy(1));
  leave();
  fleet.observer('crm')!.tick(busy(2));
  expect(heard).toEqual(['crm live', 'crm settled']);
});
