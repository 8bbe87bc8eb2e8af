import { Registry } from 'prom-client';
import { noQuery } from '../../contracts.ts';
import type { Api, ApiParts } from '../api-parts.ts';
import { describeFleet } from './cluster-metrics.ts';
import type { LiveClients } from '../live/live-clients.ts';
import { MetricFamilies } from './metric-families.ts';
import { readQuery } from '../query.ts';
import { describeTarget } from './target-metrics.ts';

/**
 * `GET /metrics`: for Prometheus. Labels are the target and words of closed sets, all few; never a statement, user or
 * host. Built afresh for each scrape from figures that are kept anyway.
 */
export function addMetricsRoute(api: Api, parts: ApiParts, clients: LiveClients): void {
  api.get('/metrics', async (context) => {
    readQuery(context, noQuery);
    const registry = new Registry();
    const families = new MetricFamilies(registry);
    describeDaemon(families, parts, clients);
    for (const target of parts.targets.list()) describeTarget(families, target, parts.now());
    if (parts.fleet) describeFleet(families, parts.fleet);
    return context.text(await registry.metrics(), 200, { 'content-type': registry.contentType });
  });
}

function describeDaemon(families: MetricFamilies, parts: ApiParts, clients: LiveClients): void {
  const store = parts.history.health();
  const recorder = parts.recorder.health();
  const { user, system } = process.cpuUsage();
  families.gauge('airglow_build_info', 'Version of Airglow, as a label', 1, { version: parts.version });
  families.gauge(
    'airglow_start_time_seconds',
    'When this process started to watch',
    parts.startedAtMs / 1000,
  );
  families.counter('airglow_process_cpu_seconds_total', 'CPU time of this process', (user + system) / 1e6);
  families.gauge(
    'airglow_process_resident_memory_bytes',
    'Memory of this process',
    process.memoryUsage.rss(),
  );
  families.gauge('airglow_store_up', '1 while the store records', store.status === 'recording' ? 1 : 0);
  families.gauge('airglow_store_bytes', 'Size of the store on disk', store.bytesOnDisk);
  families.counter(
    'airglow_store_lost_ticks_total',
    'Ticks that could not be kept',
    store.lostTicks + recorder.lostTicks,
  );
  families.gauge('airglow_recorder_queued_ticks', 'Ticks that wait for the store', recorder.queuedTicks);
  families.gauge('airglow_live_clients', 'Clients that follow live', clients.count);
}
