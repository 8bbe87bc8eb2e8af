import type { TargetSummary } from '../../../../src/api/answers.ts';
import type { ClusterAnswer } from '../../../../src/api/cluster-answers.ts';

/** What a database of the list is doing, in the words that are shown. */
export type RowState =
  | 'failed'
  | 'unreachable'
  | 'connected'
  | 'connecting'
  | 'changing'
  | 'asleep'
  | 'stopped'
  | 'recorded only';

export interface FleetRow {
  readonly name: string;
  readonly state: RowState;
  /** What went wrong, or is being done; empty where the state says it all. */
  readonly told: string;
  /** Null where it is only observed. */
  readonly cluster: ClusterAnswer | null;
  readonly summary: TargetSummary | null;
  /** Load of the last minute; null where nothing is known of it. */
  readonly load: TargetSummary['load'];
  readonly vcpus: number | null;
}

/** Every database that is observed, run here, or known from the record. */
export function fleetRows(
  targets: readonly TargetSummary[],
  clusters: readonly ClusterAnswer[],
): readonly FleetRow[] {
  const clusterOf = new Map(clusters.map((cluster) => [cluster.name, cluster]));
  const known = new Set(targets.map(({ target }) => target));
  return [
    ...targets.map((summary) => rowOf(summary.target, summary, clusterOf.get(summary.target) ?? null)),
    // One that is being made is not observed yet.
    ...clusters.filter(({ name }) => !known.has(name)).map((cluster) => rowOf(cluster.name, null, cluster)),
  ];
}

function rowOf(name: string, summary: TargetSummary | null, cluster: ClusterAnswer | null): FleetRow {
  const { state, told } = stateOf(summary, cluster);
  const isRunning = state === 'connected' || state === 'connecting' || state === 'changing';
  const load = isRunning ? (summary?.load ?? null) : null;
  return { name, state, told, cluster, summary, load, vcpus: summary?.vcpus ?? null };
}

interface Told {
  readonly state: RowState;
  readonly told: string;
}

function stateOf(summary: TargetSummary | null, cluster: ClusterAnswer | null): Told {
  switch (cluster?.status) {
    case 'failed':
      return { state: 'failed', told: cluster.statusReason ?? 'it does not run; it is tried again' };
    case 'paused':
      return { state: 'asleep', told: '' };
    case 'stopped':
      return { state: 'stopped', told: '' };
    case 'creating':
    case 'resuming':
    case 'modifying':
    case 'starting':
    case 'stopping':
    case 'deleting':
      return { state: 'changing', told: cluster.status };
    case 'available':
    case undefined:
      return summary === null ? { state: 'connecting', told: '' } : connectionOf(summary);
  }
}

function connectionOf({ connection, lastError, watched }: TargetSummary): Told {
  if (!watched) return { state: 'recorded only', told: 'nothing observes it now' };
  switch (connection) {
    case 'waiting to reconnect':
      return { state: 'unreachable', told: lastError?.message ?? 'it is tried again' };
    case 'connecting':
    case null:
      return { state: 'connecting', told: lastError?.message ?? '' };
    case 'paused':
      return { state: 'asleep', told: '' };
    case 'stopped':
      return { state: 'stopped', told: '' };
    case 'connected':
      return { state: 'connected', told: '' };
  }
}

/** Load against the processors: 1 is as many sessions as processors. Null without load. */
export function relativeLoad({ load, vcpus }: FleetRow): number | null {
  if (load === null) return null;
  // Of a remote one nothing tells its size; a middling machine is a better guess than none.
  const known = vcpus !== null && vcpus > 0 ? vcpus : null;
  return known === null ? (load.relativeToVcpus ?? load.aas / ASSUMED_VCPUS) : load.aas / known;
}

const ASSUMED_VCPUS = 4;

/** More sessions than processors, and enough of them for somebody to notice. */
export function isOverloaded(row: FleetRow): boolean {
  return row.vcpus !== null && (relativeLoad(row) ?? 0) > 1 && (row.load?.aas ?? 0) >= NOTICED_AAS;
}

/** A small capacity is exceeded by a single busy session, which is no trouble. */
const NOTICED_AAS = 1;
