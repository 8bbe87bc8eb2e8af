import { describe, expect, it } from 'vitest';
import { OUTCOMES } from '../../bench/load/plan.ts';
import type { LoadResult } from '../../bench/load/plan.ts';
import { activeSessions } from '../../bench/model/active-sessions.ts';
import { LOAD_NAMES, loadOf, parseLoadNames, toSegments } from '../../bench/model/loads.ts';
import { plannedFigures } from '../../bench/model/planned.ts';
import { bucketLaw, CROWDING, fitLaw } from '../../bench/model/queue-law.ts';
import { WeightedLatency } from '../../bench/model/weighted-latency.ts';
import { DEFAULT_SHAPE } from '../../src/capacity/acu.ts';

/** Requests as `[due, latency]`. */
function resultOf(requests: readonly (readonly [number, number])[]): LoadResult {
  return {
    startAtMs: 0,
    endAtMs: 10_000,
    dueMs: Float64Array.from(requests, ([due]) => due),
    kinds: new Uint8Array(requests.length),
    outcomes: Uint8Array.from(requests, () => OUTCOMES.indexOf('answered')),
    latencyMs: Float64Array.from(requests, ([, latency]) => latency),
    latenessMs: new Float64Array(),
    errors: {},
    disconnects: 0,
    generatorCpuMs: 0,
    group: { limits: [], accounts: [] },
  };
}

describe('sessions that were active', () => {
  const result = resultOf([
    [0, 500],
    [100, 100],
    [100, 400],
    [2_000, 1_000],
  ]);

  it('are the area under the requests', () => {
    expect(activeSessions(result, 0, 1_000, 64)).toBeCloseTo(1, 9);
    expect(activeSessions(result, 0, 4_000, 64)).toBeCloseTo(0.5, 9);
  });

  it('count within the window only', () => {
    expect(activeSessions(result, 150, 250, 64)).toBeCloseTo(2.5, 9);
    expect(activeSessions(result, 2_500, 3_500, 64)).toBeCloseTo(0.5, 9);
  });

  it('are never more than the connections', () => {
    expect(activeSessions(result, 100, 200, 2)).toBeCloseTo(2, 9);
    expect(activeSessions(result, 100, 200, 64)).toBeCloseTo(3, 9);
  });
});

describe('latencies of lots', () => {
  it('have the percentiles of their requests', () => {
    const latency = new WeightedLatency();
    latency.add(90, 0.01);
    latency.add(4, 0.3);
    latency.add(6, 0.2);
    expect(latency.percentile(0.5)).toBe(0.01);
    expect(latency.percentile(0.9)).toBe(0.01);
    expect(latency.percentile(0.95)).toBe(0.2);
    expect(latency.percentile(0.99)).toBe(0.3);
    expect(new WeightedLatency().percentile(0.5)).toBeNull();
  });
});

describe('the loads', () => {
  it.each(LOAD_NAMES)('%s is one whole, and its parts lie within it', (name) => {
    const { levels, parts } = loadOf(name, 10);
    expect(parts[0]).toEqual({ name, fromSecond: 0, toSecond: levels.length });
    for (const { fromSecond, toSecond } of parts.slice(1)) {
      expect(new Set(levels.slice(fromSecond, toSecond)).size).toBe(1);
    }
  });

  it('are played second by second', () => {
    const segments = toSegments(loadOf('spikes', 10), 100);
    expect(segments).toHaveLength(60);
    expect(segments.filter(({ perSecond }) => perSecond === 200)).toHaveLength(9);
    expect(segments.at(-1)).toEqual({ untilMs: 60_000, perSecond: 40 });
  });

  it('that nobody knows are refused', () => {
    expect(() => parseLoadNames('steps,stairs')).toThrow('There is no load stairs');
  });
});

describe('the laws of queues', () => {
  const laws = [CROWDING, bucketLaw(2, 4)];

  it.each(laws)('$name is found again from what it says', (law) => {
    const points = [0.3, 0.6, 0.8, 0.9].map((rho) => ({ cpus: rho / 2, limitCpus: 0.5 }));
    const { parameter, error } = fitLaw(
      law,
      points.map((point) => ({ ...point, queue: law.queueOf(point, 3) })),
    );
    expect(parameter).toBeCloseTo(3, 1);
    expect(error).toBeLessThan(0.01);
  });
});

describe('the side of the model', () => {
  const database = {
    shape: DEFAULT_SHAPE,
    hostCpus: 2,
    requestCpuSeconds: 0.004,
    requestVariation: 1,
    requestOtherSeconds: 0.001,
    connections: 64,
    baseMemoryBytes: 0,
    cacheShare: 0,
    missSeconds: 0,
    pagesPerCpuSecond: 0,
    tier: null,
    idleBelowCpus: 0.005,
  };
  const figuresOf = (cpus: readonly number[]): ReturnType<typeof plannedFigures> =>
    plannedFigures('steps', { cpus, database, bounds: { minAcu: 0.5, maxAcu: 2 }, seed: 1 });

  it('serves what is offered, at the capacity that it was told', () => {
    const figures = figuresOf([0.1, 0.1, 0.1, 0.1]);
    expect(figures.running).toBeCloseTo(0.1, 6);
    expect(figures.acuHours).toBeCloseTo((2 * 4) / 3600, 9);
    expect(figures.acuPerSecond).toEqual([2, 2, 2, 2]);
    // Requests differ, and half of them take less than the mean.
    expect(figures.p50Ms).toBeGreaterThan(4);
  });

  it('counts what is answered after the load as late', () => {
    // One CPU-second more than there is capacity for: the last of it waits for two seconds.
    expect(figuresOf([1, 1]).p95Ms).toBeGreaterThan(1_500);
  });
});
