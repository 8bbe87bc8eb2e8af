import { expect, test } from 'vitest';
import { ScriptedObserver, scriptedSample, scriptedTick } from '../../../test/kit/scripted-observer.ts';
import type { LoadSource } from '../../load/model.ts';
import { LoadMeter } from './load-meter.ts';

const NOW = Date.UTC(2026, 10, 22, 12);

function metered() {
  const observer = new ScriptedObserver('db1');
  return { observer, meter: new LoadMeter(observer) };
}

const load = (weightMs: number, waitEvent: string) =>
  scriptedSample(weightMs, { 'db.wait_event': waitEvent });

test('without a tick there is no load, which is not a load of zero', () => {
  const { observer, meter } = metered();
  expect(meter.loadAt(NOW)).toBeNull();
  observer.tick(scriptedTick(NOW));
  expect(meter.loadAt(NOW)).toMatchObject({ aas: 0, coveredSeconds: 1 });
  expect(meter.loadAt(NOW + 61_000)).toBeNull();
  expect(meter.byWaitTypeAt(NOW + 61_000).size).toBe(0);
});

test('load of the last minute, weighed by the time that each tick covers', () => {
  const { observer, meter } = metered();
  observer.tick(scriptedTick(NOW - 61_000, [load(9000, 'Lock:tuple')]));
  observer.tick(scriptedTick(NOW - 3000, [load(4000, 'CPU:Running'), load(1000, 'CPU:Waiting')]));
  observer.tick(
    scriptedTick(NOW - 1000, [load(1000, 'IO:DataFileRead'), load(500, 'Strange:Thing')], {
      durationMs: 2000,
    }),
  );
  expect(meter.loadAt(NOW)).toMatchObject({
    coveredSeconds: 3,
    aas: 6500 / 3000,
    cpu: 5000 / 3000,
    cpuRunning: 4000 / 3000,
    cpuWaiting: 1000 / 3000,
    relativeToVcpus: 6500 / 6000,
  });
  expect([...meter.byWaitTypeAt(NOW)].map(([type, aas]) => [type, Math.round(aas * 3000)])).toEqual([
    ['CPU', 5000],
    ['IO', 1000],
    ['Other', 500],
  ]);
});

test('the session view does not pretend to tell running from waiting', () => {
  const { observer, meter } = metered();
  const source: LoadSource = 'session';
  observer.set({ vcpus: null });
  observer.tick(scriptedTick(NOW, [load(1000, 'CPU')], { source }));
  expect(meter.loadAt(NOW)).toMatchObject({
    cpu: 1,
    cpuRunning: null,
    cpuWaiting: null,
    relativeToVcpus: null,
  });
});

test('totals only grow, and a missing tick is a gap', () => {
  const { observer, meter } = metered();
  observer.tick(scriptedTick(NOW, [load(2000, 'CPU:Running')]));
  observer.tick(scriptedTick(NOW + 1010, [load(2000, 'CPU:Running')]));
  observer.tick(scriptedTick(NOW + 6010, [load(1000, 'Lock:tuple')]));
  expect(meter.totals()).toEqual({
    activeSecondsByWaitType: new Map([
      ['CPU', 4],
      ['Lock', 1],
    ]),
    coveredSeconds: 3,
    ticks: 3,
    gaps: 1,
    gapSeconds: 4,
    agentCpuSeconds: 0.006,
    backendCpuSeconds: 0.003,
  });
});

test('the time of a pause is covered, also before its next tick comes', () => {
  const { observer, meter } = metered();
  observer.tick(scriptedTick(NOW - 59_500, [load(1000, 'Lock:tuple')]));
  observer.tick(scriptedTick(NOW - 40_000, [], { durationMs: 19_500, state: 'paused' }));
  observer.set({ connection: 'paused' });
  expect(meter.loadAt(NOW)).toMatchObject({ aas: 1000 / 60_500, coveredSeconds: 60.5 });
  expect(meter.byWaitTypeAt(NOW)).toEqual(new Map([['Lock', 1000 / 60_500]]));
  expect(meter.loadAt(NOW + 3_600_000)).toMatchObject({ aas: 0, coveredSeconds: 60 });
  observer.set({ connection: 'connected' });
  expect(meter.loadAt(NOW + 3_600_000)).toBeNull();
});

test('a clock set back leaves no load in the future behind', () => {
  const { observer, meter } = metered();
  observer.tick(scriptedTick(NOW + 3_600_000, [load(5000, 'CPU:Running')]));
  observer.tick(scriptedTick(NOW, [load(1000, 'CPU:Running')]));
  expect(meter.loadAt(NOW)?.aas).toBe(1);
});

test('closing it leaves the observer', () => {
  const { observer, meter } = metered();
  meter.close();
  expect(observer.listenerCount).toBe(0);
});
