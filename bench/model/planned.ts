import type { DatabaseModel, PlannedPolicy, RunSink, Trace } from '../../src/planner/model.ts';
import { airglowPlanned } from '../../src/planner/policies/airglow.ts';
import { simulate } from '../../src/planner/simulate.ts';
import type { Figures } from './figures.ts';
import type { LoadName } from './loads.ts';
import { WeightedLatency } from './weighted-latency.ts';

export interface Offered {
  /** CPU-seconds that were asked for in each second. */
  readonly cpus: readonly number[];
  readonly database: DatabaseModel;
  readonly bounds: { readonly minAcu: number; readonly maxAcu: number };
  readonly seed: number;
}

/** Enough for every backlog of these loads. */
const DRAIN_SECONDS = 60;

/** What the model says; a part of a load is a load of its own to it. */
export function plannedFigures(load: LoadName, offered: Offered): Figures {
  const seconds = offered.cpus.length;
  const latency = new WeightedLatency();
  const [running, sessions, capacity, endCapacity]: [number[], number[], number[], number[]] = [
    [],
    [],
    [],
    [],
  ];
  const sink: RunSink = {
    second(one) {
      if (one.index >= seconds) return;
      running.push(one.running);
      sessions.push(one.running + one.waiting + one.ioSessions + one.lockSessions);
      capacity.push(one.capacityAcu);
      endCapacity.push(one.endCapacityAcu);
    },
    change() {},
    latency: (requests, ownSeconds) => latency.add(requests, ownSeconds),
  };
  simulate(
    {
      trace: traceOf(load, offered.cpus),
      policy: load === 'airglow' ? airglowPlanned : fixedPlanned(offered.bounds.maxAcu),
      bounds: { ...offered.bounds, autoPauseMs: null },
      database: offered.database,
      imperfections: { arrivalNoise: false, samplingNoise: false, controlDelayMs: 0 },
      seed: offered.seed,
    },
    sink,
  );
  return {
    aas: mean(sessions),
    running: mean(running),
    p50Ms: inMs(latency.percentile(0.5)),
    p95Ms: inMs(latency.percentile(0.95)),
    acuHours: (mean(capacity) * seconds) / 3600,
    aasPerSecond: sessions,
    acuPerSecond: endCapacity,
  };
}

function traceOf(name: string, cpus: readonly number[]): Trace {
  return {
    name,
    startMs: null,
    stepSeconds: 1,
    length: cpus.length + DRAIN_SECONDS,
    cpuCores: Float32Array.from({ length: cpus.length + DRAIN_SECONDS }, (_, second) => cpus[second] ?? 0),
    ioSessions: null,
    lockSessions: null,
    memoryBytes: null,
    networkBytesPerSecond: null,
    notes: [],
  };
}

function fixedPlanned(acu: number): PlannedPolicy {
  return {
    name: 'fixed',
    title: `Fixed at ${acu} ACU`,
    rules: 'Keeps its capacity.',
    source: 'bench/model',
    kind: 'static',
    start: () => ({ startAcu: acu, canPause: false, decide: () => acu }),
  };
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function inMs(seconds: number | null): number | null {
  return seconds === null ? null : seconds * 1000;
}
