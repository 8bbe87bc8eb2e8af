import { z } from 'zod';
import { EVENT_SEVERITIES, PERIODS_SECONDS } from '../history/history.ts';
import { ACTIVITIES, DIMENSIONS } from '../load/model.ts';
import { clusterMessages } from './cluster-answers.ts';

/**
 * What the API answers. Times are wall clock, milliseconds since 1970. Load is in average active sessions; null is
 * a gap or not known, never zero.
 */

const atMs = z.number();
const aas = z.number();
const dimension = z.enum(DIMENSIONS);
const source = z.enum(['kernel', 'session']);
const periodSeconds = z.literal(PERIODS_SECONDS);

/** `label` is for people: the statement's text for a digest, else the key itself. */
const keyedLoad = z.object({ key: z.string(), label: z.string(), aas });
export type KeyedLoad = z.output<typeof keyedLoad>;

const failure = z.object({ code: z.string(), message: z.string(), atMs });

export const healthAnswer = z.object({
  /** `degraded` when something is not recorded or not observed; `problems` says what. */
  status: z.enum(['ok', 'degraded']),
  problems: z.array(z.string()),
  version: z.string(),
  startedAtMs: atMs,
  nowMs: atMs,
  store: z.object({
    status: z.enum(['recording', 'full', 'failed']),
    message: z.string(),
    bytesOnDisk: z.number(),
    lostTicks: z.number(),
  }),
  recorder: z.object({
    status: z.enum(['recording', 'retrying']),
    message: z.string(),
    queuedTicks: z.number(),
    lostTicks: z.number(),
  }),
  targets: z.object({ watched: z.number(), connected: z.number() }),
  liveClients: z.number(),
});
export type HealthAnswer = z.output<typeof healthAnswer>;

/** Load of the last minute; null while nothing is observed. */
const loadNow = z.object({
  windowSeconds: z.number(),
  coveredSeconds: z.number(),
  aas,
  cpu: aas,
  cpuRunning: aas.nullable(),
  cpuWaiting: aas.nullable(),
  nonCpu: aas,
  relativeToVcpus: z.number().nullable(),
  idleInTransaction: aas,
});
export type LoadNow = z.output<typeof loadNow>;

const connection = z.enum(['connecting', 'connected', 'paused', 'waiting to reconnect', 'stopped']);

export const targetSummary = z.object({
  target: z.string(),
  /** False for a target that only the history knows. */
  watched: z.boolean(),
  address: z.string().nullable(),
  connection: connection.nullable(),
  lastError: failure.nullable(),
  source: source.nullable(),
  vcpus: z.number().nullable(),
  load: loadNow.nullable(),
  firstMs: atMs.nullable(),
  lastMs: atMs.nullable(),
});
export type TargetSummary = z.output<typeof targetSummary>;

export const targetsAnswer = z.object({ targets: z.array(targetSummary) });
export type TargetsAnswer = z.output<typeof targetsAnswer>;

const engineFacts = z.object({
  version: z.string(),
  startedAtMs: atMs,
  user: z.string(),
  database: z.string(),
  maxConnections: z.number(),
  isStandby: z.boolean(),
  capabilities: z.record(z.string(), z.boolean()),
});

export const targetAnswer = targetSummary.extend({
  nextAttemptAtMs: atMs.nullable(),
  engine: engineFacts.nullable(),
  /** Why the kernel view is not used; null where it is. */
  sourceReason: z.string().nullable(),
  intervalMs: z.number().nullable(),
  thinning: z.number().nullable(),
  warnings: z.array(z.string()),
  lastTickAtMs: atMs.nullable(),
  cost: z
    .object({
      tickMsP50: z.number(),
      tickMsP99: z.number(),
      agentCpuMsPerTick: z.number(),
      backendCpuMsPerTick: z.number().nullable(),
    })
    .nullable(),
});
export type TargetAnswer = z.output<typeof targetAnswer>;

const windowMeta = z.object({ target: z.string(), fromMs: atMs, toMs: atMs });

const loadMeta = windowMeta.extend({
  activity: z.enum(ACTIVITIES),
  /** How the target is measured now; null when it is not watched. */
  source: source.nullable(),
  coveredSeconds: z.number(),
  /** Average over the covered time of everything that passed the filter; null when nothing is covered. */
  aas: aas.nullable(),
});

export const loadAnswer = z.object({
  meta: loadMeta.extend({
    periodSeconds,
    groupBy: dimension.nullable(),
    /** Stretches without an observation. */
    gaps: z.array(z.object({ fromMs: atMs, toMs: atMs })),
    /** Stretches in which the database slept: covered time, with no load. */
    pauses: z.array(z.object({ fromMs: atMs, toMs: atMs })),
  }),
  /** Start of each period, and the time that was observed in it. */
  atMs: z.array(atMs),
  coveredMs: z.array(z.number()),
  series: z.array(
    z.object({
      key: z.string(),
      label: z.string(),
      averageAas: aas.nullable(),
      aas: z.array(aas.nullable()),
    }),
  ),
});
export type LoadAnswer = z.output<typeof loadAnswer>;

export const topAnswer = z.object({
  meta: loadMeta.extend({ groupBy: dimension, partitionBy: dimension.nullable() }),
  rows: z.array(keyedLoad.extend({ partitions: z.array(keyedLoad) })),
});
export type TopAnswer = z.output<typeof topAnswer>;

const sessionNow = z.object({
  pid: z.number(),
  type: z.string(),
  state: z.string(),
  waitEvent: z.string(),
  sqlId: z.string(),
  /** Normalised text of the statement; null where it is not known. */
  sql: z.string().nullable(),
  user: z.string(),
  host: z.string(),
  database: z.string(),
  application: z.string(),
  leaderPid: z.number().nullable(),
  blockedByPid: z.number().nullable(),
  /** What it waits for, as in `row of orders, held by a transaction`; null where it waits for no lock or it is not known. */
  lock: z.string().nullable(),
  /** How long it has waited for the lock; null as above. */
  waitMs: z.number().nullable(),
  queryMs: z.number().nullable(),
  transactionMs: z.number().nullable(),
  load: z.number(),
});

export const sessionsAnswer = z.object({
  target: z.string(),
  /** When the sessions were looked at; null before the first look. */
  atMs: atMs.nullable(),
  sessions: z.array(sessionNow),
});
export type SessionsAnswer = z.output<typeof sessionsAnswer>;

/** Growth of pg_stat_statements over the window; null where the extension or the statement is not there. */
const statementStatistics = z.object({
  calls: z.number(),
  callsPerSecond: z.number(),
  meanMs: z.number().nullable(),
  rows: z.number().nullable(),
});

export const statementsAnswer = z.object({
  meta: loadMeta,
  statements: z.array(
    z.object({
      sqlId: z.string(),
      sql: z.string().nullable(),
      /** The server had cut the text. */
      truncated: z.boolean(),
      aas,
      waits: z.array(keyedLoad),
      statistics: statementStatistics.nullable(),
    }),
  ),
});
export type StatementsAnswer = z.output<typeof statementsAnswer>;

export const countersAnswer = z.object({
  meta: windowMeta.extend({ periodSeconds, leftOutSeries: z.number() }),
  series: z.array(
    z.object({
      metric: z.string(),
      key: z.string(),
      points: z.array(z.object({ atMs, value: z.number().nullable() })),
    }),
  ),
});
export type CountersAnswer = z.output<typeof countersAnswer>;

const event = z.object({
  atMs,
  kind: z.string(),
  severity: z.enum(EVENT_SEVERITIES),
  message: z.string(),
  data: z.record(z.string(), z.unknown()),
});

export const eventsAnswer = z.object({ meta: windowMeta, events: z.array(event) });
export type EventsAnswer = z.output<typeof eventsAnswer>;

/** Data of the server-sent events of `/api/live`, by the name of the event. */
export const liveMessages = {
  hello: z.object({ version: z.string(), targets: z.array(z.string()) }),
  tick: z.object({
    target: z.string(),
    atMs,
    durationMs: z.number(),
    source,
    state: z.enum(['observed', 'paused']),
    thinning: z.number(),
    aas,
    idleInTransaction: aas,
    by: z.partialRecord(dimension, z.array(keyedLoad.omit({ label: true }))),
  }),
  event: event.extend({ target: z.string() }),
  ...clusterMessages,
  /** Ticks that this client was too slow for. */
  skipped: z.object({ ticks: z.number() }),
} as const;
export type LiveTick = z.output<(typeof liveMessages)['tick']>;
