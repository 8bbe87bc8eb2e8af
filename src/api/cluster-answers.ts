import { z } from 'zod';
import { CLUSTER_STATUSES } from '../daemon/fleet.ts';
import type {
  ClusterDescription,
  Explanation,
  HostCapacity,
  HostTierStatus,
  OptimizedReadsDescription,
  PauseDescription,
  TimedDecision,
} from '../daemon/fleet.ts';
import { IGNORE_FIELDS } from './pause-rules.ts';

/**
 * What the API answers of databases that Airglow runs. The shapes are those of `src/daemon/fleet.ts`; capacities are in
 * ACU, times wall clock in milliseconds since 1970.
 */

const atMs = z.number();
const acu = z.number();

const acuShape = z.object({
  memoryBytes: z.number(),
  cpus: z.number(),
  networkBytesPerSecond: z.number(),
});

const resource = z.enum(['cpu', 'memory', 'network', 'connections']);

const hold = z.object({
  kind: z.enum([
    'demand',
    'recent-demand',
    'small-saving',
    'memory-step',
    'cache-needed',
    'missing-observation',
    'resume-boost',
    'minimum',
  ]),
  resource: resource.nullable(),
  untilMs: z.number().nullable(),
});

const pauseBlocker = z.object({
  kind: z.enum(['replication', 'backup', 'autovacuum', 'archiving', 'ignored-session', 'unavailable']),
  detail: z.string(),
});

const pauseOutlook = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('active'), by: z.string().nullable() }),
  z.object({ kind: z.literal('waiting'), untilMs: z.number() }),
  z.object({ kind: z.literal('blocked'), blockers: z.array(pauseBlocker) }),
  z.object({ kind: z.literal('unknown') }),
  z.object({ kind: z.literal('due') }),
]);

const decision = z.object({
  kind: z.enum(['fast', 'full']),
  fromAcu: acu,
  toAcu: acu,
  parts: z.object({
    cpu: acu.nullable(),
    memory: acu.nullable(),
    network: acu.nullable(),
    connections: acu.nullable(),
  }),
  binding: resource.nullable(),
  demandAcu: acu.nullable(),
  hold,
  cap: z.enum(['maximum', 'host-share', 'token-bucket']).nullable(),
  hostSaturated: z.boolean(),
  cpu: z.object({ used: z.number(), waitingForLimit: z.number(), waitingForHost: z.number() }).nullable(),
  pause: pauseOutlook.nullable(),
});

export const timedDecision: z.ZodType<TimedDecision> = z.object({ atMs, decision, reason: z.string() });

const hostCapacity: z.ZodType<HostCapacity> = z.object({
  cpus: z.number(),
  memoryBytes: z.number(),
  budgetAcu: acu,
  enforcementNote: z.string().nullable(),
});

const clusterLoad = z.object({
  aas: z.number(),
  cpuRunning: z.number().nullable(),
  cpuWaiting: z.number().nullable(),
  nonCpu: z.number(),
});

const cost = z.object({
  currency: z.string(),
  pricePerAcuHour: z.number(),
  amount: z.number(),
  fixedMaximumAmount: z.number(),
  fixedMaximumAcuHours: z.number(),
  runningSeconds: z.number(),
});

const pause: z.ZodType<PauseDescription> = z.object({
  secondsUntilAutoPause: z.number().nullable(),
  unavailable: z.string().nullable(),
  ignoreActivity: z.array(z.object({ field: z.enum(IGNORE_FIELDS), value: z.string() })),
  pausedAtMs: atMs.nullable(),
  pausedSeconds: z.number(),
  wakes: z.number(),
  lastWake: z.object({ atMs, tookMs: z.number(), pausedMs: z.number(), cause: z.string() }).nullable(),
});

const optimizedReads: z.ZodType<OptimizedReadsDescription> = z.object({
  tempObjects: z
    .object({
      path: z.string(),
      place: z.enum(['local', 'data']),
      reason: z.string().nullable(),
      limitBytes: z.number(),
      usedBytes: z.number().nullable(),
      freeBytes: z.number().nullable(),
    })
    .nullable(),
  tieredCache: z
    .object({
      sizeBytes: z.number(),
      inForceBytes: z.number(),
      reason: z.string().nullable(),
      usedBytes: z.number().nullable(),
      activity: z
        .object({
          hitsPerSecond: z.number(),
          storageReadsPerSecond: z.number(),
          hitRatio: z.number().nullable(),
          tierReadMs: z.number().nullable(),
          storageReadMs: z.number().nullable(),
        })
        .nullable(),
    })
    .nullable(),
  localStorage: z
    .object({
      freeBytes: z.number().nullable(),
      tempDataBytes: z.number().nullable(),
      device: z
        .object({
          readIops: z.number(),
          writeIops: z.number(),
          readBytesPerSecond: z.number(),
          writeBytesPerSecond: z.number(),
          readMs: z.number().nullable(),
          writeMs: z.number().nullable(),
        })
        .nullable(),
    })
    .nullable(),
});

const swapArea = z.object({ path: z.string(), sizeBytes: z.number(), usedBytes: z.number() });

export const hostTierAnswer: z.ZodType<HostTierStatus> = z.object({
  state: z.enum(['on', 'off', 'lost', 'unavailable']),
  reason: z.string().nullable(),
  path: z.string().nullable(),
  sizeBytes: z.number(),
  usedBytes: z.number(),
  promisedBytes: z.number(),
  users: z.array(z.object({ name: z.string(), sizeBytes: z.number(), usedBytes: z.number() })),
  otherSwap: z.array(swapArea),
  keptOut: z.array(z.string()),
  consequences: z.array(z.string()),
});

/** Settings may hold words that are not for everybody, so without the token there are none: null. */
export interface ClusterAnswer extends Omit<ClusterDescription, 'parameters'> {
  readonly parameters: ClusterDescription['parameters'] | null;
}

export const clusterAnswer: z.ZodType<ClusterAnswer> = z.object({
  name: z.string(),
  status: z.enum(CLUSTER_STATUSES),
  statusReason: z.string().nullable(),
  endpoint: z.object({ host: z.string(), port: z.number() }),
  engine: z.object({
    version: z.string().nullable(),
    major: z.number(),
    source: z.enum(['installed', 'bundled']),
    pendingVersion: z.string().nullable(),
  }),
  createdAtMs: atMs,
  capacity: z.object({ current: acu, min: acu, max: acu, requestedMax: acu }),
  pause,
  optimizedReads,
  shape: acuShape,
  enforced: z.boolean(),
  enforcementNote: z.string().nullable(),
  notes: z.array(z.string()),
  load: clusterLoad.nullable(),
  acuHours: z.number(),
  cost,
  lastDecision: timedDecision.nullable(),
  parameters: z.record(z.string(), z.string()).nullable(),
  pendingRestart: z.array(z.string()),
  network: z.object({ listen: z.string(), allow: z.array(z.string()), tls: z.boolean() }),
  osUser: z.string(),
});

export const clustersAnswer = z.object({ host: hostCapacity, clusters: z.array(clusterAnswer) });
export type ClustersAnswer = z.output<typeof clustersAnswer>;

export const explanationAnswer: z.ZodType<Explanation> = z.object({
  name: z.string(),
  atMs,
  capacityAcu: acu,
  sentences: z.array(z.string()),
  latest: timedDecision.nullable(),
  changes: z.array(timedDecision),
});

export const urlAnswer = z.object({ name: z.string(), url: z.string() });
export type UrlAnswer = z.output<typeof urlAnswer>;

export const logsAnswer = z.object({ name: z.string(), lines: z.array(z.string()) });
export type LogsAnswer = z.output<typeof logsAnswer>;

export const deletedAnswer = z.object({ name: z.string(), deleted: z.literal(true) });
export type DeletedAnswer = z.output<typeof deletedAnswer>;

/** Decisions out of the record, newest first; one that an older version wrote may have another shape. */
export const decisionsAnswer = z.object({
  meta: z.object({ name: z.string(), fromMs: atMs, toMs: atMs }),
  decisions: z.array(
    z.object({ atMs, reason: z.string().nullable(), decision: z.record(z.string(), z.unknown()) }),
  ),
});
export type DecisionsAnswer = z.output<typeof decisionsAnswer>;

/** Data of the server-sent events that only databases of Airglow's own have. */
export const clusterMessages = {
  decision: z.object({ target: z.string(), atMs, reason: z.string(), decision }),
  status: z.object({ target: z.string(), status: z.enum(CLUSTER_STATUSES) }),
} as const;
