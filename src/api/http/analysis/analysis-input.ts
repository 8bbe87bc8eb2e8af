import { baselineWindow, isBaseline } from '../../../analysis/baseline.ts';
import { clampMaximum } from '../../../capacity/host-share.ts';
import type { AnalysisInput, Baseline, CapacityRecord, PerPeriod } from '../../../analysis/input.ts';
import type { ClusterDescription } from '../../../daemon/fleet.ts';
import { PERIODS_SECONDS } from '../../../history/history.ts';
import type { PeriodSeconds } from '../../../history/history.ts';
import { choosePeriod, findGaps } from '../../window.ts';
import type { Window } from '../../window.ts';
import { blocksOf, countersOverTime, recordedDecisions } from './analysis-counters.ts';
import { blockersOf, loadBefore, loadOverTime, ownersOf, topStatements } from './analysis-load.ts';
import type { Question } from './analysis-load.ts';
import type { ApiParts } from '../api-parts.ts';
import { untoldMs } from '../load/load-route.ts';
import type { QueryGate } from '../query-gate.ts';
import { findCluster } from '../targets-known.ts';
import type { KnownTarget } from '../targets-known.ts';

/** What the sessions are now is of the window only if that ends about now. */
const NOW_MS = 60_000;
const MOST_EVENTS = 500;
const BY_SECOND_MS = 3_600_000;

export interface AnalysisRequest {
  readonly known: KnownTarget;
  readonly window: Window;
  /** Whether the asker may read the text of SQL. */
  readonly withTexts: boolean;
}

/** Asks the history for all that an analysis of the window needs; some twenty questions, most of them small. */
export async function gatherAnalysisInput(
  parts: ApiParts,
  gate: QueryGate,
  { known, window, withTexts }: AnalysisRequest,
): Promise<AnalysisInput> {
  const { history } = parts;
  const { target } = known;
  const periodSeconds = periodOf(window, known);
  const question: Question = { history, gate, target, window };
  const cluster = findCluster(parts, target);
  const [load, blockers, baseline, { decisions, isCutOff }, events] = await Promise.all([
    loadOverTime(question, periodSeconds),
    blockersOf(question, periodSeconds),
    baselineOf(question),
    recordedDecisions(question),
    gate.run(() => history.events({ target, ...window, limit: MOST_EVENTS })),
  ]);
  const before = baseline === null ? null : { ...question, window: spanOf(baseline) };
  const idleIds = load.idleInTransaction.map(({ key }) => key);
  const blockingIds = [...new Set(blockers.map(({ sqlId }) => sqlId))].filter((id) => id !== '');
  const [topSql, idleOwners, activeOwners, { counters, acu }] = await Promise.all([
    topStatements(question, before),
    ownersOf(question, idleIds, 'idle in transaction'),
    ownersOf(question, blockingIds, 'active'),
    countersOverTime(question, periodSeconds, load.atMs),
  ]);
  const waitingIds = blockers.flatMap(({ waitingSql }) => waitingSql.map(({ key }) => key));
  const ids = [
    ...topSql.map(({ id }) => id),
    ...load.sql.map(({ key }) => key),
    ...idleIds,
    ...blockingIds,
    ...waitingIds,
  ];
  return {
    target,
    window,
    periodMs: periodSeconds * 1000,
    ...load,
    vcpus: vcpusOf({ known, cluster, acu }),
    topSql,
    idleOwners,
    activeOwners,
    blockers,
    sessionsNow: sessionsNow(parts, known, window),
    baseline,
    counters,
    capacity: capacityOf(cluster, { hostAcu: hostAcuOf(parts), acu, decisions, isCutOff }),
    gaps: gapsOf(load, { known, window, periodSeconds, nowMs: parts.now() }),
    recordedSinceMs: known.span?.firstMs ?? null,
    events: events.filter(({ severity }) => severity !== 'info').toReversed(),
    texts: withTexts ? await textsOf(parts, ids) : new Map(),
  };
}

/** By the second up to an hour, so that short spikes are seen; never shorter than a tick. */
function periodOf(window: Window, { watched }: KnownTarget): PeriodSeconds {
  const chosen = window.toMs - window.fromMs <= BY_SECOND_MS ? 1 : choosePeriod(window, undefined);
  const tickSeconds = (watched?.observer.status().intervalMs ?? 0) / 1000;
  return PERIODS_SECONDS.find((period) => period >= chosen && period >= tickSeconds) ?? chosen;
}

function spanOf({ fromMs, toMs }: Window): Window {
  return { fromMs, toMs };
}

async function baselineOf(question: Question): Promise<Baseline | null> {
  const window = baselineWindow(question.window);
  const before = { ...question, window };
  const { coveredMs, aas, waits } = await loadBefore(before);
  if (!isBaseline(coveredMs, question.window)) return null;
  return { ...window, coveredSeconds: coveredMs / 1000, aas, waits, ...(await blocksOf(before)) };
}

/** With a capacity of ours those that it gives, else those of the host or its limit. */
function vcpusOf(facts: {
  readonly known: KnownTarget;
  readonly cluster: ClusterDescription | undefined;
  readonly acu: PerPeriod;
}): PerPeriod {
  const { known, cluster, acu } = facts;
  if (cluster?.enforced === true)
    return acu.map((value) => (value === null || value === 0 ? null : value * cluster.shape.cpus));
  const vcpus = known.watched?.observer.status().vcpus ?? null;
  return acu.map(() => vcpus);
}

/** Null unless all of them are known. */
function sessionsNow(parts: ApiParts, { watched }: KnownTarget, { toMs }: Window) {
  if (watched === null || toMs < parts.now() - NOW_MS) return null;
  const { connection, thinning } = watched.observer.status();
  return connection === 'connected' && thinning === 1 ? watched.observer.sessions() : null;
}

function capacityOf(
  cluster: ClusterDescription | undefined,
  recorded: Pick<CapacityRecord, 'hostAcu' | 'acu' | 'decisions' | 'isCutOff'>,
): CapacityRecord | null {
  if (cluster === undefined && recorded.decisions.length === 0) return null;
  return {
    minAcu: cluster?.capacity.min ?? null,
    maxAcu: cluster?.capacity.max ?? null,
    ...recorded,
  };
}

/** What a maximum is cut down to here. */
function hostAcuOf({ fleet }: ApiParts): number | null {
  return fleet === undefined ? null : clampMaximum(Number.POSITIVE_INFINITY, fleet.host.budgetAcu);
}

function gapsOf(
  load: { readonly atMs: readonly number[]; readonly coveredMs: readonly number[] },
  facts: {
    readonly known: KnownTarget;
    readonly window: Window;
    readonly periodSeconds: PeriodSeconds;
    readonly nowMs: number;
  },
): Window[] {
  const { known, window, periodSeconds, nowMs } = facts;
  const sinceMs = known.span?.firstMs ?? Number.POSITIVE_INFINITY;
  // Ticks may be longer than a period: those between their ends are no gaps.
  const covered = load.coveredMs.filter((ms) => ms > 0);
  const leastMs = 2 * (covered.reduce((sum, ms) => sum + ms, 0) / Math.max(1, covered.length)) || 1;
  // Before the record began nothing was missed.
  return findGaps(load, periodSeconds, window, nowMs - untoldMs(known))
    .map(({ fromMs, toMs }) => ({ fromMs: Math.max(fromMs, sinceMs), toMs: Math.min(toMs, nowMs) }))
    .filter(({ fromMs, toMs }) => toMs - fromMs >= leastMs);
}

async function textsOf({ history }: ApiParts, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const wanted = [...new Set(ids)].filter((id) => id !== '');
  const digests = wanted.length === 0 ? [] : await history.digests(wanted);
  return new Map(digests.map(({ id, text }) => [id, text]));
}
