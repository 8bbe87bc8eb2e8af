import { CLUSTER_STATUSES } from '../../../daemon/fleet.ts';
import type { ClusterDescription, Fleet } from '../../../daemon/fleet.ts';
import type { MetricFamilies } from './metric-families.ts';
import { describeOptimizedReadsMetrics } from './optimized-reads-metrics.ts';

/** Figures of the databases that this process runs. Labels are the database, the resource and the status. */
export function describeFleet(families: MetricFamilies, fleet: Fleet): void {
  const { budgetAcu } = fleet.host;
  families.gauge('airglow_host_budget_acu', 'What all databases together may use, in ACU', budgetAcu);
  for (const cluster of fleet.list()) {
    describeCapacity(families, cluster);
    describeStatus(families, cluster);
    describePause(families, cluster);
    describeOptimizedReadsMetrics(families, cluster);
  }
}

function describeCapacity(families: MetricFamilies, cluster: ClusterDescription): void {
  const labels = { target: cluster.name };
  const { current, min, max } = cluster.capacity;
  families.gauge(
    'airglow_serverless_database_capacity',
    'ServerlessDatabaseCapacity: capacity in ACU, 0 while it does not run or is paused',
    current,
    labels,
  );
  families.gauge('airglow_min_capacity_acu', 'The least that it may be scaled to', min, labels);
  families.gauge('airglow_max_capacity_acu', 'The most, never above the host', max, labels);
  families.gauge(
    'airglow_acu_utilization',
    'ACUUtilization: capacity divided by the maximum, 0 to 1',
    max > 0 ? current / max : null,
    labels,
  );
  families.counter(
    'airglow_acu_seconds_total',
    'Capacity times time, since the database was created',
    cluster.acuHours * 3600,
    labels,
  );
  for (const [resource, acu] of Object.entries(cluster.lastDecision?.decision.parts ?? {})) {
    const help = 'What each resource asked for, in ACU, when capacity was last decided on';
    families.gauge('airglow_demand_acu', help, acu, { ...labels, resource });
  }
}

function describeStatus(families: MetricFamilies, cluster: ClusterDescription): void {
  const labels = { target: cluster.name };
  families.gauge(
    'airglow_capacity_enforced',
    '1 while the kernel holds the database to its capacity',
    cluster.enforced ? 1 : 0,
    labels,
  );
  for (const status of CLUSTER_STATUSES) {
    const help = '1 for the status that the database has';
    families.gauge('airglow_cluster_status', help, cluster.status === status ? 1 : 0, { ...labels, status });
  }
}

/** Since this process started; what woke it is in the events, since its values are without number. */
function describePause(families: MetricFamilies, { name, pause }: ClusterDescription): void {
  const labels = { target: name };
  families.gauge(
    'airglow_paused',
    '1 while the database is paused',
    pause.pausedAtMs === null ? 0 : 1,
    labels,
  );
  families.counter('airglow_paused_seconds_total', 'Time that it was paused', pause.pausedSeconds, labels);
  families.counter('airglow_wakes_total', 'How often it was resumed', pause.wakes, labels);
  families.gauge(
    'airglow_last_wake_seconds',
    'How long the last resume took, from what woke it until everything ran again',
    pause.lastWake === null ? null : pause.lastWake.tookMs / 1000,
    labels,
  );
}
