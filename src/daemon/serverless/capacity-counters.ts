import type { CapacityConfig, Decision, Observation } from '../../capacity/model.ts';
import type { CounterPoint } from '../../history/history.ts';

const INTERVAL_MS = 10_000;

/** Means of what full looks saw and decided, as gauges for the history: one point for each every ten seconds. */
export class CapacityCounters {
  #sums = new Map<string, { sum: number; count: number }>();
  #dueAtMs: number | null = null;

  /** The points that are due; mostly none. */
  add(seen: Observation, decision: Decision, config: CapacityConfig, atMs: number): readonly CounterPoint[] {
    for (const [metric, value] of gaugesOf(seen, decision, config)) {
      if (value === null) continue;
      const known = this.#sums.get(metric) ?? { sum: 0, count: 0 };
      this.#sums.set(metric, { sum: known.sum + value, count: known.count + 1 });
    }
    this.#dueAtMs ??= atMs + INTERVAL_MS;
    // A clock that was set back must not keep it waiting.
    if (atMs < this.#dueAtMs && atMs > this.#dueAtMs - 2 * INTERVAL_MS) return [];
    this.#dueAtMs = atMs + INTERVAL_MS;
    const points = [...this.#sums].map(([metric, { sum, count }]) => ({
      atMs,
      durationMs: 0,
      metric,
      key: '',
      value: sum / count,
    }));
    this.#sums = new Map();
    return points;
  }
}

function gaugesOf(
  seen: Observation,
  { fromAcu, toAcu, parts, cpu }: Decision,
  { minAcu, maxAcu }: CapacityConfig,
): [string, number | null][] {
  return [
    // One that asks for a pause has not brought it about.
    ['capacity.acu', toAcu === 0 ? fromAcu : toAcu],
    ['capacity.min_acu', minAcu],
    ['capacity.max_acu', maxAcu],
    ['capacity.demand_cpu_acu', parts.cpu],
    ['capacity.demand_memory_acu', parts.memory],
    ['capacity.demand_network_acu', parts.network],
    ['capacity.demand_connections_acu', parts.connections],
    ['capacity.used_cpus', cpu?.used ?? null],
    ['capacity.waiting_for_limit', cpu?.waitingForLimit ?? null],
    ['capacity.waiting_for_host', cpu?.waitingForHost ?? null],
    ['memory.unevictable_bytes', seen.memory?.unevictableBytes ?? null],
    ['memory.cache_bytes', seen.memory?.cacheBytes ?? null],
    ['memory.refault_bytes_per_second', seen.memory?.refaultBytesPerSecond ?? null],
    ['network.bytes_per_second', seen.networkBytesPerSecond],
    ['network.connections', seen.connections],
  ];
}
