import type { AnalysisInput, Counters, KeyedSeries, PerPeriod, RecordedDecision, SqlLoad } from './input.ts';
import type { Finding, FindingKind } from './model.ts';

/** Ten minutes of a database on two processors, for tests: quiet unless told otherwise. */

export const START = Date.UTC(2026, 10, 22, 12);
export const SECONDS = 600;
export const SQL = 'aaaaaaaaaaaaaaaa';
export const BLOCKING_SQL = 'bbbbbbbbbbbbbbbb';

/** A load, the same all the time or by second. */
export type Load = number | ((second: number) => number | null);

/** Something from one second to another, and nothing else. */
export function during(fromSecond: number, toSecond: number, value: number, otherwise = 0): Load {
  return (second) => (second >= fromSecond && second < toSecond ? value : otherwise);
}

export function perSecond(load: Load, seconds = SECONDS): PerPeriod {
  return Array.from({ length: seconds }, (_, second) => (typeof load === 'number' ? load : load(second)));
}

/** What is known better than by period of those who waited. */
export function blockedBy(load: Load) {
  const waiting = perSecond(load);
  const seconds = [...waiting.keys()].filter((second) => (waiting[second] ?? 0) > 0);
  return {
    mostWaiting: Math.max(0, ...waiting.map((value) => value ?? 0)),
    blocked: { fromMs: START + (seconds[0] ?? 0) * 1000, toMs: START + ((seconds.at(-1) ?? 0) + 1) * 1000 },
  };
}

export function series(loads: Readonly<Record<string, Load>>): KeyedSeries[] {
  return Object.entries(loads).map(([key, load]) => ({ key, aas: perSecond(load) }));
}

const UNKNOWN = perSecond(() => null);

export function counters(change: Partial<Record<keyof Counters, Load>> = {}): Counters {
  const named = Object.fromEntries(Object.entries(change).map(([name, load]) => [name, perSecond(load)]));
  return {
    blksRead: UNKNOWN,
    blksHit: UNKNOWN,
    blkReadTime: UNKNOWN,
    tempBytes: UNKNOWN,
    tempFiles: UNKNOWN,
    sessions: UNKNOWN,
    connections: UNKNOWN,
    refaultBytesPerSecond: UNKNOWN,
    unevictableBytes: UNKNOWN,
    cacheBytes: UNKNOWN,
    storagePagesPerSecond: UNKNOWN,
    tierSizeBytes: UNKNOWN,
    localReadMs: UNKNOWN,
    tempLocalBytes: UNKNOWN,
    ...named,
  };
}

export function sqlLoad(change: Partial<SqlLoad> = {}): SqlLoad {
  return {
    id: SQL,
    aas: 1,
    waits: [{ key: 'CPU:Running', aas: 1 }],
    statistics: { callsPerSecond: 50, meanMs: 20, tempBytes: 0 },
    before: null,
    ...change,
  };
}

/** Every ten seconds the same decision, from one second to another. */
export function decisions(
  change: Partial<RecordedDecision>,
  fromSecond = 0,
  toSecond = SECONDS,
): RecordedDecision[] {
  return Array.from({ length: Math.ceil((toSecond - fromSecond) / 10) }, (_, index) => ({
    atMs: START + (fromSecond + index * 10) * 1000,
    toAcu: 4,
    demandAcu: 3.6,
    binding: 'cpu',
    cap: null,
    hostSaturated: false,
    hold: { kind: 'demand', resource: 'cpu', untilMs: null },
    pause: null,
    cpu: null,
    ...change,
  }));
}

export function scene(change: Partial<AnalysisInput> = {}): AnalysisInput {
  return {
    target: 'shop',
    window: { fromMs: START, toMs: START + SECONDS * 1000 },
    periodMs: 1000,
    atMs: Array.from({ length: SECONDS }, (_, second) => START + second * 1000),
    coveredMs: Array.from({ length: SECONDS }, () => 1000),
    waits: series({ 'CPU:Running': 0.2, 'CPU:Waiting': 0.02 }),
    sessionTypes: series({ 'client backend': 0.22 }),
    sql: series({ [SQL]: 0.15 }),
    idleInTransaction: [],
    vcpus: perSecond(2),
    topSql: [sqlLoad({ aas: 0.15 })],
    idleOwners: [],
    activeOwners: [],
    blockers: [],
    sessionsNow: null,
    baseline: baseline(0.25),
    counters: counters(),
    capacity: null,
    gaps: [],
    recordedSinceMs: START - 86_400_000,
    events: [],
    texts: new Map([
      [SQL, 'SELECT * FROM orders WHERE customer = $1'],
      [BLOCKING_SQL, 'UPDATE products SET price = $1 WHERE id = $2'],
    ]),
    ...change,
  };
}

export function baseline(aas: number): NonNullable<AnalysisInput['baseline']> {
  return {
    fromMs: START - 86_400_000,
    toMs: START,
    coveredSeconds: 86_000,
    aas,
    waits: [{ key: 'CPU:Running', aas }],
    blksRead: 1000,
    blksHit: 999_000,
  };
}

/** For databases that Airglow runs. */
export function capacityRecord(found: readonly RecordedDecision[]): NonNullable<AnalysisInput['capacity']> {
  return { minAcu: 0.5, maxAcu: 4, hostAcu: null, acu: perSecond(4), decisions: found, isCutOff: false };
}

/** The part of the window in seconds. */
export function secondsOf({ fromMs, toMs }: Finding): readonly [number, number] {
  return [(fromMs - START) / 1000, (toMs - START) / 1000];
}

export function kindsOf(findings: readonly Finding[]): readonly FindingKind[] {
  return findings.map(({ kind }) => kind);
}

export function valueOf({ evidence }: Finding, name: string): string | undefined {
  return evidence.find((one) => one.name === name)?.value;
}
