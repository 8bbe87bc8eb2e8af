import type { ClusterSpec } from '../../cluster/managed/model.ts';
import { isPausable } from '../../capacity/pause.ts';
import type { ClusterDescription, CostSoFar, Explanation, PauseDescription } from '../fleet.ts';
import { explainDecision } from '../../capacity/explain.ts';
import type { MeterReading } from '../../capacity/meter.ts';
import { readBootMs } from '../../kernel/host-facts.ts';
import type { ClusterRunner } from './cluster-runner.ts';
import { optimizedReadsOf } from './optimized-reads/describe-optimized-reads.ts';
import { tierRemarks } from './optimized-reads/tier-proportion.ts';

const HOUR_MS = 3_600_000;

export interface Price {
  readonly currency: string;
  readonly perAcuHour: number;
}

export function describeCluster(runner: ClusterRunner, price: Price, nowMs: number): ClusterDescription {
  const { cluster, config } = runner;
  const { spec, enforcement } = cluster;
  const reading = runner.meter.reading();
  return {
    name: spec.name,
    status: runner.status,
    statusReason: runner.statusReason,
    endpoint: { host: reachableHost(spec.network.listen), port: spec.port },
    engine: {
      version: cluster.runningVersion,
      major: spec.engine.major,
      source: spec.engine.source,
      pendingVersion: cluster.pendingVersion,
    },
    createdAtMs: spec.createdAtMs,
    capacity: {
      current: runner.capacityAcu,
      min: config.minAcu,
      max: config.maxAcu,
      requestedMax: spec.maxAcu,
    },
    pause: pauseOf(runner),
    optimizedReads: optimizedReadsOf(runner, nowMs),
    shape: cluster.shape,
    enforced: enforcement.enforced,
    enforcementNote: enforcement.enforced ? null : `${enforcement.reason} ${enforcement.remedy}`,
    notes: notesOf(runner),
    load: runner.load.mean(nowMs),
    acuHours: reading.acuMs / HOUR_MS,
    cost: costOf(reading, price),
    lastDecision: runner.log.latest,
    parameters: spec.parameters,
    pendingRestart: cluster.pendingRestart,
    network: spec.network,
    osUser: spec.osUser.name,
  };
}

export function explainCluster(runner: ClusterRunner, nowMs: number, monotonicMs: number): Explanation {
  const latest = runner.lastFull;
  const { enforcement } = runner.cluster;
  const { pausedAtMs } = runner.sleep.record;
  const sentences =
    pausedAtMs !== null
      ? [`${runner.cluster.spec.name} is paused since ${new Date(pausedAtMs).toISOString()}.`, WAKES]
      : latest === null
        ? [`${runner.cluster.spec.name} is ${runner.status}; nothing was decided yet.`]
        : explainDecision(latest, runner.config, monotonicMs);
  return {
    name: runner.cluster.spec.name,
    atMs: nowMs,
    capacityAcu: runner.capacityAcu,
    sentences: [
      ...sentences,
      ...(enforcement.enforced
        ? []
        : [`Nothing is enforced here: ${enforcement.reason} ${enforcement.remedy}`]),
    ],
    latest: runner.log.latestFull,
    changes: runner.log.changes,
  };
}

function pauseOf({ cluster, config, sleep }: ClusterRunner): PauseDescription {
  const { secondsUntilAutoPause, ignoreActivity } = cluster.spec;
  const { pausedAtMs, wakes, lastWake } = sleep.record;
  const isWanted = isPausable(config);
  return {
    secondsUntilAutoPause: isWanted ? secondsUntilAutoPause : null,
    unavailable: isWanted ? sleep.unavailable : null,
    ignoreActivity,
    pausedAtMs,
    pausedSeconds: sleep.record.pausedSeconds(readBootMs()),
    wakes,
    lastWake,
  };
}

const WAKES = 'It costs nothing meanwhile, and the next byte of a client wakes it within milliseconds.';

function costOf({ acuMs, fixedMaximumAcuMs, runningMs }: MeterReading, price: Price): CostSoFar {
  return {
    currency: price.currency,
    pricePerAcuHour: price.perAcuHour,
    amount: (acuMs / HOUR_MS) * price.perAcuHour,
    fixedMaximumAmount: (fixedMaximumAcuMs / HOUR_MS) * price.perAcuHour,
    fixedMaximumAcuHours: fixedMaximumAcuMs / HOUR_MS,
    runningSeconds: runningMs / 1000,
  };
}

function notesOf({ cluster, config }: ClusterRunner): string[] {
  const { spec } = cluster;
  return [
    ...(spec.maxAcu > config.maxAcu
      ? [`The maximum of ${spec.maxAcu} ACU is above this host; ${config.maxAcu} ACU are the most it has.`]
      : []),
    ...(spec.engine.source === 'bundled'
      ? ['It runs the bundled PostgreSQL, which listens on loopback only.']
      : []),
    ...(spec.osUser.isOwn
      ? []
      : [`It shares the system user ${spec.osUser.name} with other databases: isolation is weaker.`]),
    ...tempLimitRemarks(spec),
    ...tierRemarks({
      name: spec.name,
      tieredCacheBytes: spec.optimizedReads.tieredCacheBytes,
      maxAcu: config.maxAcu,
      shape: cluster.shape,
    }),
  ];
}

/** Each session may take so much of local storage as it gets there by default; what the user chose wins. */
function tempLimitRemarks({ optimizedReads, parameters }: ClusterSpec): string[] {
  const own = parameters['temp_file_limit'];
  if (optimizedReads.localStorage === null || own === undefined) return [];
  return [
    `Your own parameter temp_file_limit (${own}) bounds each session; the temporary space bounds all of them together.`,
  ];
}

/** Where this machine reaches a server that listens on all addresses. */
function reachableHost(listen: string): string {
  if (listen === '*' || listen === '0.0.0.0') return '127.0.0.1';
  return listen === '::' ? '::1' : listen;
}
