import type { SessionNow, TargetStatus } from '../../daemon/observer.ts';
import type { Activity, LoadTick, Tuple, WeightedSample } from '../../load/model.ts';
import type { TopModel } from './model.ts';
import { INITIAL_VIEW } from './view.ts';

/** A shop's database for tests: five minutes with a rush, a lock pile-up and half a minute of lost connection. */
export const NOW = Date.UTC(2026, 0, 15, 12, 0, 0);

export const TEXTS: ReadonlyMap<string, string> = new Map([
  ['a000000000000001', 'select * from orders where customer_id = $1 order by placed_at desc limit $2'],
  ['a000000000000002', 'update stock set units = units - $1 where article_id = $2'],
  ['a000000000000003', 'select region, sum(amount) from sales group by region order by $1'],
  ['a000000000000004', 'insert into orders (customer_id, article_id, units) values ($1, $2, $3)'],
]);

export function tuple(waitEvent: string, values: Partial<Tuple> = {}): Tuple {
  return {
    'db.wait_event': waitEvent,
    'db.sql_tokenized': 'a000000000000001',
    'db.user': 'shop',
    'db.host': '10.0.0.7',
    'db.name': 'shop',
    'db.application': 'web',
    'db.session_type': 'client backend',
    'db.blocking_session': '',
    'db.blocking_sql': '',
    ...values,
  };
}

export function sample(waitEvent: string, weightMs: number, values: Partial<Tuple> = {}): WeightedSample {
  return activitySample('active', waitEvent, weightMs, values);
}

export function activitySample(
  activity: Activity,
  waitEvent: string,
  weightMs: number,
  values: Partial<Tuple> = {},
): WeightedSample {
  return { activity, tuple: tuple(waitEvent, values), weightMs };
}

export function tick(
  atMs: number,
  samples: readonly WeightedSample[],
  values: Partial<LoadTick> = {},
): LoadTick {
  return {
    atMs,
    durationMs: 1000,
    source: 'kernel',
    state: 'observed',
    samples,
    activeTimeMs: 800,
    thinning: 1,
    hiddenShare: 0,
    cost: { agentCpuMs: 1.2, backendCpuMs: 0.8, tickMs: 3, lagMs: 0 },
    ...values,
  };
}

const REPORT = { 'db.sql_tokenized': 'a000000000000003', 'db.user': 'report', 'db.application': 'nightly' };
const WRITE = { 'db.sql_tokenized': 'a000000000000002' };
const INSERT = { 'db.sql_tokenized': 'a000000000000004' };

function samplesAt(second: number): readonly WeightedSample[] {
  const wave = Math.round(300 + 250 * Math.sin(second / 25));
  const samples = [
    sample('CPU:Running', 400 + wave),
    sample('CPU:Running', 200, INSERT),
    sample('IO:DataFileRead', 150 + Math.round(wave / 2)),
    sample('IO:WALSync', 120, INSERT),
  ];
  if (second > 60 && second <= 120) {
    samples.push(sample('CPU:Running', 900, REPORT), sample('CPU:Waiting', 40 * (second - 60), REPORT));
  }
  if (second > 200) samples.push(sample('Lock:transactionid', Math.min(3000, 60 * (second - 200)), WRITE));
  if (second > 200) samples.push(activitySample('idle in transaction', 'Client:ClientRead', 1000, WRITE));
  return samples;
}

export function shopTicks(): readonly LoadTick[] {
  const ticks: LoadTick[] = [];
  for (let second = 20; second <= 300; second += 1) {
    if (second > 150 && second <= 180) continue;
    ticks.push(tick(NOW - (300 - second) * 1000, samplesAt(second)));
  }
  return ticks;
}

function session(pid: number, waitEvent: string, values: Partial<SessionNow> = {}): SessionNow {
  return {
    pid,
    type: 'client backend',
    state: 'active',
    waitEvent,
    sqlId: 'a000000000000002',
    user: 'shop',
    host: '10.0.0.7',
    database: 'shop',
    application: 'web',
    leaderPid: null,
    blockedByPid: null,
    lock: null,
    waitMs: null,
    queryMs: 12,
    transactionMs: 40,
    load: 1,
    ...values,
  };
}

export const SESSIONS: readonly SessionNow[] = [
  session(4101, 'Lock:transactionid', { blockedByPid: 4100, queryMs: 61_000 }),
  session(4102, 'Lock:tuple', { blockedByPid: 4101, queryMs: 58_000 }),
  session(4103, 'Lock:tuple', { blockedByPid: 4101, queryMs: 31_400 }),
  session(4100, 'Client:ClientRead', { state: 'idle in transaction', transactionMs: 100_000, load: 0 }),
  session(4207, 'CPU:Running', { sqlId: 'a000000000000001', queryMs: 4, load: 0.7 }),
  session(4208, 'IO:DataFileRead', { sqlId: 'a000000000000001', queryMs: 9, load: 0.3 }),
];

export const STATUS: TargetStatus = {
  target: 'shop',
  address: 'postgres://shop@db1:5432/shop',
  connection: 'connected',
  lastError: null,
  nextAttemptAtMs: null,
  engine: {
    version: '18.4',
    versionNumber: 180_004,
    startedAtMs: NOW - 3_600_000,
    backendPid: 4000,
    backendStartedAtMs: NOW - 300_000,
    clientPort: 51_000,
    serverPort: 5432,
    user: 'shop',
    database: 'shop',
    trackActivityQuerySize: 1024,
    maxConnections: 100,
    isStandby: false,
    capabilities: { queryIds: true, activeTime: true, statementStatistics: false, ioStatistics: true },
    warnings: [],
  },
  source: 'kernel',
  sourceReason: null,
  intervalMs: 1000,
  thinning: 1,
  vcpus: 2,
  warnings: [],
  lastTickAtMs: NOW,
  cost: { tickMsP50: 3, tickMsP99: 6, agentCpuMsPerTick: 1.2, backendCpuMsPerTick: 0.8 },
};

export function shopModel(values: Partial<TopModel> = {}): TopModel {
  return {
    status: STATUS,
    ticks: shopTicks(),
    sessions: SESSIONS,
    texts: TEXTS,
    view: INITIAL_VIEW,
    banner: null,
    capacity: null,
    dashboard: null,
    ...values,
  };
}
