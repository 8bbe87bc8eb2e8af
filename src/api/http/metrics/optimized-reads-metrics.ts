import type { ClusterDescription, DeviceActivity } from '../../../daemon/fleet.ts';
import type { MetricFamilies } from './metric-families.ts';

type Labels = Readonly<Record<string, string>>;

/** Named after CloudWatch's figures of local storage. Without Optimized Reads a database has none of them. */
export function describeOptimizedReadsMetrics(families: MetricFamilies, cluster: ClusterDescription): void {
  const { tempObjects, tieredCache, localStorage } = cluster.optimizedReads;
  const labels = { target: cluster.name };
  if (tieredCache !== null) describeTier(families, tieredCache, labels);
  families.gauge(
    'airglow_free_ephemeral_storage_bytes',
    'FreeEphemeralStorage: free bytes of the file system of the local storage',
    tempObjects?.freeBytes ?? localStorage?.freeBytes ?? null,
    labels,
  );
  if (localStorage?.device != null) describeDevice(families, localStorage.device, labels);
  for (const [place, bytes] of [
    ['local', tempObjects?.usedBytes ?? null],
    ['data', localStorage?.tempDataBytes ?? null],
  ] as const) {
    const help = 'What temporary objects take, on local storage and where the data is';
    families.gauge('airglow_temp_bytes', help, bytes, { ...labels, place });
  }
}

function describeTier(
  families: MetricFamilies,
  { inForceBytes, usedBytes, activity }: NonNullable<ClusterDescription['optimizedReads']['tieredCache']>,
  labels: Labels,
): void {
  families.gauge(
    'airglow_tiered_cache_size_bytes',
    'Size of the second cache tier that is in force',
    inForceBytes,
    labels,
  );
  families.gauge('airglow_tiered_cache_used_bytes', 'What is in the tier now', usedBytes, labels);
  families.gauge(
    'airglow_optimized_reads_cache_hit_ratio',
    'AuroraOptimizedReadsCacheHitRatio: hits / (hits + storage reads), 0 to 1, last minute',
    activity?.hitRatio ?? null,
    labels,
  );
  families.gauge(
    'airglow_tiered_cache_hits_per_second',
    'Pages of 4 KiB that came back from the tier, last minute',
    activity?.hitsPerSecond ?? null,
    labels,
  );
  families.gauge(
    'airglow_storage_reads_per_second',
    'Pages of 4 KiB that had to be read from where the data is, last minute',
    activity?.storageReadsPerSecond ?? null,
    labels,
  );
}

function describeDevice(families: MetricFamilies, device: DeviceActivity, labels: Labels): void {
  for (const [way, Way] of [
    ['read', 'Read'],
    ['write', 'Write'],
  ] as const) {
    const latencyMs = device[`${way}Ms`];
    families.gauge(
      `airglow_${way}_iops_ephemeral_storage`,
      `${Way}IOPSEphemeralStorage: of the device of the local storage, last minute`,
      device[`${way}Iops`],
      labels,
    );
    families.gauge(
      `airglow_${way}_throughput_ephemeral_storage_bytes_per_second`,
      `${Way}ThroughputEphemeralStorage: bytes a second, last minute`,
      device[`${way}BytesPerSecond`],
      labels,
    );
    families.gauge(
      `airglow_${way}_latency_ephemeral_storage_seconds`,
      `${Way}LatencyEphemeralStorage: mean of a request, last minute; absent where there was none`,
      latencyMs === null ? null : latencyMs / 1000,
      labels,
    );
  }
}
