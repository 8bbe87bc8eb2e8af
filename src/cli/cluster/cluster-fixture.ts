import { DEFAULT_SHAPE } from '../../capacity/acu.ts';
import type { ClusterDescription, Explanation, TimedDecision } from '../../daemon/fleet.ts';

/** A database for tests of what is printed about it. */

export const NOW = Date.UTC(2026, 10, 22, 12);

function change(secondsAgo: number, fromAcu: number, toAcu: number, reason: string): TimedDecision {
  return {
    atMs: NOW - secondsAgo * 1000,
    reason,
    decision: {
      kind: 'full',
      fromAcu,
      toAcu,
      parts: { cpu: 3.2, memory: 1.4, network: 0.02, connections: null },
      binding: 'cpu',
      demandAcu: 3.2,
      hold: { kind: 'recent-demand', resource: 'cpu', untilMs: NOW + 42_000 },
      cap: null,
      hostSaturated: false,
      cpu: { used: 0.6, waitingForLimit: 0.2, waitingForHost: 0 },
      pause: null,
    },
  };
}

export const LATEST = change(
  1,
  3.5,
  3.5,
  'stays at 3.5 ACU: CPU needed it a short while ago; it is held, for 42 s more',
);

export const CHANGES: readonly TimedDecision[] = [
  change(12, 0.5, 3.5, 'up from 0.5 to 3.5 ACU: CPU asks for 3.2 (0.60 running, 0.20 waiting for the limit)'),
  change(305, 1, 0.5, 'down from 1 to 0.5 ACU: nothing above 0.5 was needed lately'),
  change(7200, 4, 1, 'down from 4 to 1 ACU: other databases of this host have their share of it'),
];

export const SHOP: ClusterDescription = {
  name: 'shop',
  status: 'available',
  statusReason: null,
  endpoint: { host: '127.0.0.1', port: 5433 },
  engine: { version: '15.18', major: 15, source: 'installed', pendingVersion: null },
  createdAtMs: NOW - 10 * 3_600_000,
  capacity: { current: 3.5, min: 0.5, max: 8, requestedMax: 16 },
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
  shape: DEFAULT_SHAPE,
  enforced: true,
  enforcementNote: null,
  notes: ['The maximum of 16 ACU is above this host; 8 ACU are the most it has.'],
  load: { aas: 1.24, cpuRunning: 0.61, cpuWaiting: 0.22, nonCpu: 0.41 },
  acuHours: 12.4,
  cost: {
    currency: 'USD',
    pricePerAcuHour: 0.12,
    amount: 1.488,
    fixedMaximumAmount: 9.6,
    fixedMaximumAcuHours: 80,
    runningSeconds: 36_000,
  },
  lastDecision: LATEST,
  parameters: { work_mem: '16MB', max_connections: '300' },
  pendingRestart: ['max_connections'],
  network: { listen: '0.0.0.0', allow: ['10.0.0.0/8'], tls: true },
  osUser: 'airglow-3f2a',
};

export const CRM: ClusterDescription = {
  ...SHOP,
  name: 'crm',
  status: 'failed',
  statusReason: 'port 5434 is in use',
  endpoint: { host: '::1', port: 5434 },
  engine: { version: null, major: 18, source: 'bundled', pendingVersion: null },
  capacity: { current: 0, min: 1, max: 2, requestedMax: 2 },
  enforced: false,
  enforcementNote:
    'Processes can be limited by root only. Run airglow up as root, or let systemd delegate a cgroup.',
  notes: [],
  load: null,
  acuHours: 0.0312,
  cost: {
    ...SHOP.cost,
    amount: 0.003_744,
    fixedMaximumAmount: 0,
    fixedMaximumAcuHours: 0,
    runningSeconds: 0,
  },
  lastDecision: null,
  parameters: {},
  pendingRestart: [],
  network: { listen: '127.0.0.1', allow: [], tls: false },
};

/** One that sleeps, and was woken before. */
export const ASLEEP: ClusterDescription = {
  ...SHOP,
  name: 'night',
  status: 'paused',
  endpoint: { host: '127.0.0.1', port: 5435 },
  capacity: { current: 0, min: 0, max: 8, requestedMax: 8 },
  pause: {
    secondsUntilAutoPause: 300,
    unavailable: null,
    ignoreActivity: [
      { field: 'user', value: 'exporter' },
      { field: 'host', value: '10.0.0.9' },
    ],
    pausedAtMs: NOW - 200_000,
    pausedSeconds: 4000,
    wakes: 3,
    lastWake: {
      atMs: NOW - 510_000,
      tookMs: 1.83,
      pausedMs: 1_800_000,
      cause: 'a new connection from 10.0.0.7 (user app, database shop, application psql)',
    },
  },
  notes: [],
  load: { aas: 0, cpuRunning: 0, cpuWaiting: 0, nonCpu: 0 },
  lastDecision: null,
  parameters: {},
  pendingRestart: [],
};

const GIB = 1024 ** 3;

/** One with temporary objects and a second cache tier on local storage. */
export const FAST: ClusterDescription = {
  ...SHOP,
  optimizedReads: {
    tempObjects: {
      path: '/mnt/nvme/airglow-temp-3f2a',
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
    localStorage: {
      freeBytes: 120 * GIB,
      tempDataBytes: 0,
      device: {
        readIops: 8433,
        writeIops: 212,
        readBytesPerSecond: 34_500_000,
        writeBytesPerSecond: 16_800_000,
        readMs: 0.0892,
        writeMs: 0.0305,
      },
    },
  },
};

/** The same where neither part is as it was asked for. */
export const SLOWED: ClusterDescription = {
  ...SHOP,
  optimizedReads: {
    tempObjects: {
      path: '/mnt/nvme/airglow-temp-3f2a',
      place: 'data',
      reason: '/mnt/nvme/airglow-temp-3f2a is gone; make the folder again, and they go back by themselves.',
      limitBytes: 16 * GIB,
      usedBytes: null,
      freeBytes: null,
    },
    tieredCache: {
      sizeBytes: 32 * GIB,
      inForceBytes: 0,
      reason: 'It comes with a restart, which closes all connections: airglow cluster modify shop --restart.',
      usedBytes: 0,
      activity: null,
    },
    localStorage: { freeBytes: null, tempDataBytes: 700 * 1024 ** 2, device: null },
  },
};

export const EXPLANATION: Explanation = {
  name: 'shop',
  atMs: NOW,
  capacityAcu: 3.5,
  sentences: [
    'Capacity is 3.5 ACU, between 0.5 and 8.',
    'CPU asks for 3.2 ACU, memory asks for 1.4 ACU, network asks for 0.0 ACU, connections is not known.',
    'On CPU 0.60 processes on average; 0.20 waited for the limit.',
    'Not lower: CPU needed it a short while ago; it is held, for 42 s more.',
  ],
  latest: LATEST,
  changes: CHANGES,
};
