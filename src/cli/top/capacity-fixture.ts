import { DEFAULT_SHAPE, clamp, roundUpToGrid } from '../../capacity/acu.ts';
import type { Decision, Hold } from '../../capacity/model.ts';
import type { ClusterDescription, TimedDecision } from '../../daemon/fleet.ts';
import type { LoadTick } from '../../load/model.ts';
import type { CapacityPoint, CapacityView } from './capacity-view.ts';
import type { TopModel } from './model.ts';
import { activitySample, NOW, sample, shopModel, STATUS, tick } from './top-fixture.ts';
import { MANAGED_VIEW } from './view.ts';

/** A database of ours for tests: quiet, a ramp, a spike, the way down, and a lock pile-up that changes nothing. */
export const SECONDS = 160;
const MIN_ACU = 0.5;
const MAX_ACU = 8;

/** Demand of CPU, in ACU. */
function demandAt(second: number): number {
  if (second > 100) return 0.3;
  if (second > 50) return second > 62 ? 0.4 : 7.2;
  return second > 15 ? 0.6 * Math.ceil((second - 15) / 10) : 0.2;
}

/** Up at once, down by half an ACU at a time twenty seconds after it was needed last. */
function capacityAt(second: number, before: number): number {
  const needed = Math.max(...Array.from({ length: 20 }, (_, ago) => demandAt(Math.max(0, second - ago))));
  const wanted = clamp(roundUpToGrid(needed), MIN_ACU, MAX_ACU);
  return wanted >= before ? wanted : before - 0.5;
}

export function decision(values: Partial<Decision> = {}): Decision {
  return {
    kind: 'full',
    fromAcu: 2.5,
    toAcu: 2.5,
    parts: { cpu: 2.1, memory: 0.5, network: 0.02, connections: 0.2 },
    binding: 'cpu',
    demandAcu: 2.1,
    hold: { kind: 'demand', resource: 'cpu', untilMs: null },
    cap: null,
    hostSaturated: false,
    cpu: { used: 0.4, waitingForLimit: 0.1, waitingForHost: 0 },
    pause: null,
    ...values,
  };
}

export const CLUSTER: ClusterDescription = {
  name: 'demo',
  status: 'available',
  statusReason: null,
  endpoint: { host: '127.0.0.1', port: 54_321 },
  engine: { version: '18.4', major: 18, source: 'bundled', pendingVersion: null },
  createdAtMs: NOW - SECONDS * 1000,
  capacity: { current: 0.5, min: MIN_ACU, max: MAX_ACU, requestedMax: MAX_ACU },
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
  notes: [],
  load: { aas: 3.2, cpuRunning: 0.1, cpuWaiting: 0, nonCpu: 3.1 },
  acuHours: 0.1342,
  cost: {
    currency: 'USD',
    pricePerAcuHour: 0.12,
    amount: 0.0161,
    fixedMaximumAmount: 0.0427,
    fixedMaximumAcuHours: 0.3556,
    runningSeconds: SECONDS,
  },
  lastDecision: null,
  parameters: {},
  pendingRestart: [],
  network: { listen: '127.0.0.1', allow: [], tls: false },
  osUser: 'postgres',
};

/** The story up to `second`. */
export function capacityView(second = SECONDS, values: Partial<CapacityView> = {}): CapacityView {
  const points: CapacityPoint[] = [];
  const changes: TimedDecision[] = [];
  let acu = MIN_ACU;
  for (let at = 0; at <= second; at += 1) {
    const from = acu;
    acu = capacityAt(at, from);
    const demandAcu = demandAt(at);
    const atMs = NOW - (SECONDS - at) * 1000;
    points.push({ atMs, acu, demandAcu });
    if (acu === from) continue;
    const reason =
      acu > from
        ? `up from ${from} to ${acu} ACU: CPU asks for ${demandAcu.toFixed(1)} (0.21 running, 0.84 waiting for the limit)`
        : `down from ${from} to ${acu} ACU: nothing above ${acu} was needed lately`;
    changes.unshift({ atMs, decision: decision({ fromAcu: from, toAcu: acu, demandAcu }), reason });
  }
  const nowMs = NOW - (SECONDS - second) * 1000;
  const hold: Hold =
    acu === MIN_ACU
      ? { kind: 'minimum', resource: null, untilMs: null }
      : { kind: 'recent-demand', resource: 'cpu', untilMs: nowMs + 8_000 };
  const demandAcu = demandAt(second);
  const parts = { cpu: demandAcu, memory: 0.25, network: 0.02, connections: 0.1 };
  const latest = decision({ fromAcu: acu, toAcu: acu, parts, demandAcu, hold });
  return {
    cluster: { ...CLUSTER, capacity: { ...CLUSTER.capacity, current: acu } },
    points,
    changes,
    latest: { atMs: nowMs, decision: latest, reason: 'Nothing changes.' },
    ...values,
  };
}

function managedTicks(second: number): readonly LoadTick[] {
  return Array.from({ length: second }, (_, index) => {
    const at = index + 1;
    const cpuMs = Math.round(demandAt(at) * 200);
    const samples = [
      sample('CPU:Running', Math.min(cpuMs, 1200) + 20),
      sample('CPU:Waiting', Math.max(1, (at > 50 && at < 54 ? 12_000 : 0) + Math.round(cpuMs / 3))),
      sample('IO:WALSync', 60, { 'db.sql_tokenized': 'a000000000000004' }),
    ];
    if (at > 125) samples.push(sample('Lock:transactionid', 700 * Math.min(12, at - 125), LOCKED));
    if (at > 125) samples.push(activitySample('idle in transaction', 'Client:ClientRead', 1000, LOCKED));
    return tick(NOW - (SECONDS - at) * 1000, samples);
  });
}

const LOCKED = { 'db.sql_tokenized': 'a000000000000002', 'db.application': 'shop-checkout' };

/** The model of a frame at that second of the story. */
export function managedModel(second = SECONDS, values: Partial<TopModel> = {}): TopModel {
  const shop = shopModel();
  const pilesUp = second > 125;
  return {
    ...shop,
    ticks: managedTicks(second),
    sessions: pilesUp ? shop.sessions : shop.sessions.filter(({ blockedByPid }) => blockedByPid === null),
    view: MANAGED_VIEW,
    banner: pilesUp
      ? {
          title: 'Lock pile-up',
          sentence:
            'An editor holds one product and went for coffee. Load is high, and capacity stays where it is.',
        }
      : { title: 'Spike', sentence: 'Many times the traffic from one moment to the next: capacity jumps.' },
    capacity: capacityView(second),
    ...values,
  };
}

const PAUSED_AFTER = 130;
const PAUSED_AT_MS = NOW - (SECONDS - PAUSED_AFTER) * 1000;
const MAY_PAUSE = {
  capacity: { ...CLUSTER.capacity, min: 0 },
  pause: { ...CLUSTER.pause, secondsUntilAutoPause: 20 },
};

/** The story without a lock pile-up: nothing is left to do, and it sleeps. Only the first tick of the pause is told. */
export function asleepModel(): TopModel {
  const { points, changes } = capacityView(PAUSED_AFTER);
  const capacity = capacityView(PAUSED_AFTER, {
    points: [...points, { atMs: PAUSED_AT_MS, acu: 0, demandAcu: null }],
    changes,
    cluster: {
      ...CLUSTER,
      ...MAY_PAUSE,
      status: 'paused',
      capacity: { ...MAY_PAUSE.capacity, current: 0 },
      pause: { ...MAY_PAUSE.pause, pausedAtMs: PAUSED_AT_MS, pausedSeconds: 30 },
    },
  });
  const first = tick(PAUSED_AT_MS, [], { durationMs: 4, state: 'paused' });
  return managedModel(PAUSED_AFTER, {
    ticks: [...managedTicks(125), ...quietTicks(126, PAUSED_AFTER), first],
    sessions: [],
    status: { ...STATUS, connection: 'paused' },
    banner: null,
    capacity,
  });
}

/** Two seconds after it was woken. */
export function wokenModel(): TopModel {
  const asleep = asleepModel();
  const { points, changes } = asleep.capacity ?? capacityView();
  const wokenAtMs = NOW - 2_000;
  const pausedMs = wokenAtMs - PAUSED_AT_MS;
  const pause = {
    ...MAY_PAUSE.pause,
    pausedSeconds: pausedMs / 1000,
    wakes: 1,
    lastWake: {
      atMs: wokenAtMs,
      tookMs: 1.94,
      pausedMs,
      cause: 'a new connection from 10.0.0.7 (user app, database shop, application psql)',
    },
  };
  const hold: Hold = { kind: 'resume-boost', resource: null, untilMs: NOW + 8_000 };
  const latest = decision({ fromAcu: 2, toAcu: 2, demandAcu: 0.4, hold });
  const slept = Array.from({ length: pausedMs / 1000 }, (_, index) =>
    tick(PAUSED_AT_MS + (index + 1) * 1000, [], { state: 'paused' }),
  );
  return {
    ...asleep,
    ticks: [...asleep.ticks, ...slept, tick(NOW - 1_000, BUSY), tick(NOW, BUSY)],
    status: STATUS,
    capacity: {
      points: [
        ...points,
        { atMs: wokenAtMs, acu: 2, demandAcu: null },
        { atMs: NOW, acu: 2, demandAcu: 0.4 },
      ],
      changes,
      latest: { atMs: NOW, decision: latest, reason: 'Nothing changes.' },
      cluster: { ...CLUSTER, ...MAY_PAUSE, capacity: { ...MAY_PAUSE.capacity, current: 2 }, pause },
    },
  };
}

const BUSY = [sample('CPU:Running', 300), sample('IO:DataFileRead', 200)];

function quietTicks(from: number, to: number): readonly LoadTick[] {
  return Array.from({ length: to - from + 1 }, (_, index) => tick(NOW - (SECONDS - from - index) * 1000, []));
}
