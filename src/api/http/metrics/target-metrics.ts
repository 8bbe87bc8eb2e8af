import type { WatchedTarget } from '../api-parts.ts';
import { isConnected } from '../connection-state.ts';
import type { MetricFamilies } from './metric-families.ts';

/** Figures of one target. Load is that of the last minute and absent in a gap; the totals give it over any window. */
export function describeTarget(families: MetricFamilies, watched: WatchedTarget, nowMs: number): void {
  describeLoad(families, watched, nowMs);
  describeTotals(families, watched);
  describeObservation(families, watched);
}

function describeLoad(families: MetricFamilies, { observer, meter }: WatchedTarget, nowMs: number): void {
  const labels = { target: observer.target };
  const load = meter.loadAt(nowMs);
  if (load === null) return;
  families.gauge('airglow_db_load', 'DBLoad: average active sessions, last minute', load.aas, labels);
  families.gauge('airglow_db_load_cpu', 'DBLoadCPU: sessions on CPU or waiting for it', load.cpu, labels);
  families.gauge('airglow_db_load_cpu_running', 'Sessions on CPU (kernel view)', load.cpuRunning, labels);
  families.gauge(
    'airglow_db_load_cpu_waiting',
    'Sessions waiting for CPU (kernel view)',
    load.cpuWaiting,
    labels,
  );
  families.gauge(
    'airglow_db_load_non_cpu',
    'DBLoadNonCPU: sessions waiting for anything else',
    load.nonCpu,
    labels,
  );
  families.gauge(
    'airglow_db_load_relative_to_num_vcpus',
    'DBLoadRelativeToNumVCPUs: DBLoad divided by the processors',
    load.relativeToVcpus,
    labels,
  );
  families.gauge(
    'airglow_db_idle_in_transaction',
    'Sessions idle in transaction, last minute; not part of DBLoad',
    load.idleInTransaction,
    labels,
  );
  for (const [type, aas] of meter.byWaitTypeAt(nowMs)) {
    const help = 'DBLoad by type of wait, last minute';
    families.gauge('airglow_db_load_by_wait_event_type', help, aas, { ...labels, wait_event_type: type });
  }
}

function describeTotals(families: MetricFamilies, { observer, meter }: WatchedTarget): void {
  const labels = { target: observer.target };
  const totals = meter.totals();
  for (const [type, seconds] of totals.activeSecondsByWaitType) {
    const help = 'Active time; its rate divided by the rate of covered time is the load';
    families.counter('airglow_active_seconds_total', help, seconds, { ...labels, wait_event_type: type });
  }
  families.counter('airglow_covered_seconds_total', 'Time that was observed', totals.coveredSeconds, labels);
  families.counter('airglow_ticks_total', 'Observations', totals.ticks, labels);
  families.counter('airglow_gaps_total', 'Stretches without an observation', totals.gaps, labels);
  families.counter('airglow_gap_seconds_total', 'Time without an observation', totals.gapSeconds, labels);
  families.counter(
    'airglow_agent_cpu_seconds_total',
    'Own CPU time of the ticks',
    totals.agentCpuSeconds,
    labels,
  );
  families.counter(
    'airglow_backend_cpu_seconds_total',
    'CPU time of the backend that answers the ticks (same host)',
    totals.backendCpuSeconds,
    labels,
  );
}

function describeObservation(families: MetricFamilies, { observer, meter }: WatchedTarget): void {
  const labels = { target: observer.target };
  const status = observer.status();
  const up = isConnected(status.connection) ? 1 : 0;
  families.gauge('airglow_connection_up', '1 while the database is connected', up, labels);
  families.gauge('airglow_vcpus', 'Processors that the database can run on', status.vcpus, labels);
  families.gauge(
    'airglow_kernel_view',
    '1 while CPU is measured by the kernel',
    status.source === 'kernel' ? 1 : 0,
    labels,
  );
  families.gauge('airglow_interval_seconds', 'Time between two ticks', status.intervalMs / 1000, labels);
  families.gauge('airglow_thinning', 'One in so many sessions is looked at', status.thinning, labels);
  families.gauge(
    'airglow_hidden_session_share',
    'Share of sessions the role may not see',
    meter.hiddenShare,
    labels,
  );
  const help = 'Duration of the last ticks';
  const quantile = (name: string, milliseconds: number | undefined): void =>
    families.gauge('airglow_tick_seconds', help, milliseconds === undefined ? null : milliseconds / 1000, {
      ...labels,
      quantile: name,
    });
  quantile('0.5', status.cost?.tickMsP50);
  quantile('0.99', status.cost?.tickMsP99);
}
