import type { CounterPoint, CounterQuery, CounterSeries } from '../history.ts';
import { periodStart, periodStarts } from '../window.ts';

/** Series of the wanted metrics, in the order they were asked for, then by key. */
export function memoryCounterSeries(query: CounterQuery, points: readonly CounterPoint[]): CounterSeries[] {
  const startsMs = periodStarts(query, query.periodSeconds);
  return [...new Set(query.metrics)].flatMap((metric) => {
    const wanted = points.filter(
      (point) => point.metric === metric && (query.keys === undefined || query.keys.includes(point.key)),
    );
    const keys = [...new Set(wanted.map(({ key }) => key))].sort();
    return keys.map((key) => {
      const ofKey = wanted.filter((point) => point.key === key);
      return { metric, key, points: startsMs.map((atMs) => ({ atMs, value: valueIn(query, atMs, ofKey) })) };
    });
  });
}

function valueIn(query: CounterQuery, startMs: number, points: readonly CounterPoint[]): number | null {
  const periodMs = query.periodSeconds * 1000;
  const within = points.filter(({ atMs }) => periodStart(atMs, periodMs) === startMs);
  if (within.length === 0) return null;
  const sum = within.reduce((total, { value }) => total + value, 0);
  const isGauge = within.every(({ durationMs }) => durationMs === 0);
  return isGauge ? sum / within.length : sum;
}
