import type { CapacityAnswer } from '../../../../src/api/capacity-answers.ts';
import type { ClusterAnswer } from '../../../../src/api/cluster-answers.ts';

type LastDecision = NonNullable<ClusterAnswer['lastDecision']>;

/** An answer of ten seconds, for tests. */
export function aCapacity(told: Partial<CapacityAnswer> = {}): CapacityAnswer {
  return {
    meta: { name: 'demo', fromMs: 0, toMs: 10_000, periodSeconds: 1, explainedFromMs: 0 },
    atMs: [],
    acu: [],
    minAcu: [],
    maxAcu: [],
    demand: { cpu: [], memory: [], network: [], connections: [] },
    pauses: [],
    changes: [],
    leftOutChanges: 0,
    holds: [],
    used: {
      acuHours: 1,
      fixedMaximumAcuHours: 8,
      knownSeconds: 3600,
      pausedSeconds: 0,
      currency: 'USD',
      pricePerAcuHour: 0.12,
    },
    ...told,
  };
}

/** One that runs at 2 ACU between 0 and 8, for tests. */
export function aCluster(told: Partial<ClusterAnswer> = {}): ClusterAnswer {
  return {
    name: 'demo',
    status: 'available',
    statusReason: null,
    endpoint: { host: '127.0.0.1', port: 5432 },
    engine: { version: '18.4', major: 18, source: 'bundled', pendingVersion: null },
    createdAtMs: 0,
    capacity: { current: 2, min: 0, max: 8, requestedMax: 8 },
    pause: {
      secondsUntilAutoPause: 300,
      unavailable: null,
      ignoreActivity: [],
      pausedAtMs: null,
      pausedSeconds: 0,
      wakes: 0,
      lastWake: null,
    },
    optimizedReads: { tempObjects: null, tieredCache: null, localStorage: null },
    shape: { memoryBytes: 2 * 1024 ** 3, cpus: 0.25, networkBytesPerSecond: 40_000_000 },
    enforced: true,
    enforcementNote: null,
    notes: [],
    load: null,
    acuHours: 1,
    cost: {
      currency: 'USD',
      pricePerAcuHour: 0.12,
      amount: 0.12,
      fixedMaximumAmount: 0.96,
      fixedMaximumAcuHours: 8,
      runningSeconds: 3600,
    },
    lastDecision: null,
    parameters: null,
    pendingRestart: [],
    network: { listen: '127.0.0.1', allow: [], tls: false },
    osUser: 'postgres',
    ...told,
  };
}

export function aDecision(told: Partial<LastDecision['decision']> = {}): LastDecision {
  return {
    atMs: 0,
    reason: 'stays at 2 ACU: CPU asks for 1.8 now',
    decision: {
      kind: 'full',
      fromAcu: 2,
      toAcu: 2,
      parts: { cpu: 1.8, memory: 0.1, network: 0, connections: 0.1 },
      binding: 'cpu',
      demandAcu: 1.8,
      hold: { kind: 'demand', resource: 'cpu', untilMs: null },
      cap: null,
      hostSaturated: false,
      cpu: null,
      pause: null,
      ...told,
    },
  };
}

const GIB = 1024 ** 3;

/** One with both parts of Optimized Reads, for tests. */
export function fastReads(): ClusterAnswer['optimizedReads'] {
  return {
    tempObjects: {
      path: '/mnt/nvme/airglow',
      place: 'local',
      reason: null,
      limitBytes: 16 * GIB,
      usedBytes: 1.5 * GIB,
      freeBytes: 120 * GIB,
    },
    tieredCache: {
      sizeBytes: 32 * GIB,
      inForceBytes: 32 * GIB,
      reason: null,
      usedBytes: 21 * GIB,
      activity: {
        hitsPerSecond: 8420,
        storageReadsPerSecond: 63.4,
        hitRatio: 0.9925,
        tierReadMs: 0.1183,
        storageReadMs: 4.42,
      },
    },
    localStorage: { freeBytes: 120 * GIB, tempDataBytes: 0, device: null },
  };
}
