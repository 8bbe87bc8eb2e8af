import { CPU, CPU_RUNNING, CPU_WAITING, DIMENSIONS } from './model.ts';
import type { Dimension, LoadSource, LoadTick } from './model.ts';

/** What some ticks say together. All loads are in average active sessions. */
export interface LoadSummary {
  readonly seconds: number;
  readonly ticks: number;
  readonly coveredMs: number;
  readonly source: LoadSource;
  readonly aas: number;
  readonly cpu: number;
  /** Null where running cannot be told from waiting: the session view. */
  readonly cpuRunning: number | null;
  readonly cpuWaiting: number | null;
  readonly nonCpu: number;
  readonly idleInTransaction: number;
  readonly background: number;
  readonly activeTimeAas: number | null;
  /** Of `aas`, from sampling; parts that the kernel measured have none. */
  readonly standardError: number;
  readonly by: Readonly<Record<Dimension, readonly { readonly key: string; readonly aas: number }[]>>;
  readonly cost: {
    readonly agentCpuMs: number;
    readonly backendCpuMs: number | null;
    readonly tickMsP50: number;
    readonly tickMsP99: number;
  };
}

export function summarise(ticks: readonly LoadTick[]): LoadSummary {
  const coveredMs = sum(ticks, (tick) => tick.durationMs);
  const source = ticks.at(-1)?.source ?? 'session';
  const weights = sumByDimension(ticks);
  const toAas = (weightMs: number): number => (coveredMs === 0 ? 0 : weightMs / coveredMs);
  const waitMs = weights.active['db.wait_event'];
  const runningMs = waitMs.get(CPU_RUNNING) ?? 0;
  const waitingMs = waitMs.get(CPU_WAITING) ?? 0;
  const cpuMs = runningMs + waitingMs + (waitMs.get(CPU) ?? 0);
  const totalMs = sum([...waitMs.values()], (value) => value);
  const isSplit = !waitMs.has(CPU) && source === 'kernel';
  return {
    seconds: coveredMs / 1000,
    ticks: ticks.length,
    coveredMs,
    source,
    aas: toAas(totalMs),
    cpu: toAas(cpuMs),
    cpuRunning: isSplit ? toAas(runningMs) : null,
    cpuWaiting: isSplit ? toAas(waitingMs) : null,
    nonCpu: toAas(totalMs - cpuMs),
    idleInTransaction: toAas(weights.idleInTransactionMs),
    background: toAas(weights.backgroundMs),
    activeTimeAas: activeTimeAas(ticks),
    standardError: standardError(ticks, coveredMs),
    by: mapDimensions((dimension) => ranked(weights.active[dimension], toAas)),
    cost: summariseCost(ticks),
  };
}

/**
 * Standard error of a load that was sampled at instants: sqrt(A x D / T) for A sessions, one sample every D over T, the
 * bound for statements much shorter than D. CPU time measured by the kernel is not sampled and adds nothing.
 */
export function standardError(ticks: readonly LoadTick[], coveredMs: number): number {
  if (coveredMs === 0) return 0;
  let varianceMs2 = 0;
  for (const tick of ticks) {
    for (const { activity, tuple, weightMs } of tick.samples) {
      const waitEvent = tuple['db.wait_event'];
      const isMeasured = waitEvent === CPU_RUNNING || waitEvent === CPU_WAITING;
      if (activity === 'active' && !isMeasured) varianceMs2 += weightMs * tick.durationMs * tick.thinning;
    }
  }
  return Math.sqrt(varianceMs2) / coveredMs;
}

interface Weights {
  readonly active: Readonly<Record<Dimension, Map<string, number>>>;
  idleInTransactionMs: number;
  backgroundMs: number;
}

function sumByDimension(ticks: readonly LoadTick[]): Weights {
  const weights: Weights = {
    active: mapDimensions(() => new Map<string, number>()),
    idleInTransactionMs: 0,
    backgroundMs: 0,
  };
  for (const tick of ticks) {
    for (const { activity, tuple, weightMs } of tick.samples) {
      if (activity === 'idle in transaction') weights.idleInTransactionMs += weightMs;
      else if (activity === 'background') weights.backgroundMs += weightMs;
      else for (const dimension of DIMENSIONS) addTo(weights.active[dimension], tuple[dimension], weightMs);
    }
  }
  return weights;
}

function addTo(map: Map<string, number>, key: string, value: number): void {
  map.set(key, (map.get(key) ?? 0) + value);
}

function mapDimensions<T>(make: (dimension: Dimension) => T): Record<Dimension, T> {
  return Object.fromEntries(DIMENSIONS.map((dimension) => [dimension, make(dimension)])) as Record<
    Dimension,
    T
  >;
}

function ranked(
  weights: ReadonlyMap<string, number>,
  toAas: (ms: number) => number,
): { key: string; aas: number }[] {
  return [...weights].map(([key, ms]) => ({ key, aas: toAas(ms) })).sort((a, b) => b.aas - a.aas);
}

function activeTimeAas(ticks: readonly LoadTick[]): number | null {
  const told = ticks.filter((tick) => tick.activeTimeMs !== null);
  const durationMs = sum(told, (tick) => tick.durationMs);
  return durationMs === 0 ? null : sum(told, (tick) => tick.activeTimeMs ?? 0) / durationMs;
}

function summariseCost(ticks: readonly LoadTick[]): LoadSummary['cost'] {
  const durations = ticks.map((tick) => tick.cost.tickMs).sort((a, b) => a - b);
  const backend = ticks.filter((tick) => tick.cost.backendCpuMs !== null);
  return {
    agentCpuMs: sum(ticks, (tick) => tick.cost.agentCpuMs),
    backendCpuMs: backend.length === 0 ? null : sum(backend, (tick) => tick.cost.backendCpuMs ?? 0),
    tickMsP50: quantile(durations, 0.5),
    tickMsP99: quantile(durations, 0.99),
  };
}

/** Nearest rank of ascending values; 0 where there are none. */
export function quantile(ascending: readonly number[], q: number): number {
  return ascending[Math.min(ascending.length - 1, Math.floor(q * ascending.length))] ?? 0;
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}
