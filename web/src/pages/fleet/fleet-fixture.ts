import type { TargetSummary } from '../../../../src/api/answers.ts';
import type { ClusterAnswer } from '../../../../src/api/cluster-answers.ts';

/** A watched database with a load of its last minute, for tests. */
export function summaryOf(
  target: string,
  aas: number | null,
  change: Partial<TargetSummary> = {},
): TargetSummary {
  return {
    target,
    watched: true,
    address: '10.0.0.1:5432/app',
    connection: 'connected',
    lastError: null,
    source: 'session',
    vcpus: 2,
    load:
      aas === null
        ? null
        : {
            windowSeconds: 60,
            coveredSeconds: 60,
            aas,
            cpu: aas,
            cpuRunning: aas,
            cpuWaiting: 0,
            nonCpu: 0,
            relativeToVcpus: null,
            idleInTransaction: 0,
          },
    firstMs: 0,
    lastMs: 1000,
    ...change,
  };
}

export function clusterOf(
  name: string,
  status: ClusterAnswer['status'],
  change: Partial<ClusterAnswer> = {},
): ClusterAnswer {
  return {
    name,
    status,
    statusReason: null,
    endpoint: { host: '127.0.0.1', port: 5432 },
    engine: { version: '18.1', major: 18, source: 'bundled', pendingVersion: null },
    createdAtMs: 0,
    capacity: { current: 1, min: 0.5, max: 4, requestedMax: 4 },
    pause: {
      secondsUntilAutoPause: null,
      unavailable: null,
      ignoreActivity: [],
      pausedAtMs: null,
      pausedSeconds: 0,
      wakes: 0,
      lastWake: null,
    },
    optimizedReads: { tempObjects: null, tieredCache: null, localStorage: null },
    shape: { memoryBytes: 2 ** 31, cpus: 0.25, networkBytesPerSecond: 1e7 },
    enforced: true,
    enforcementNote: null,
    notes: [],
    load: null,
    acuHours: 2,
    cost: {
      currency: 'USD',
      pricePerAcuHour: 0.12,
      amount: 0.24,
      fixedMaximumAmount: 0.96,
      fixedMaximumAcuHours: 8,
      runningSeconds: 7200,
    },
    lastDecision: null,
    parameters: null,
    pendingRestart: [],
    network: { listen: '127.0.0.1', allow: [], tls: false },
    osUser: 'postgres',
    ...change,
  };
}
