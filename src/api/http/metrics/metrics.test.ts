import { expect, test } from 'vitest';
import { NOW, scriptedApi, withLoad } from '../../../../test/kit/scripted-api.ts';
import { ScriptedFleet } from '../../../../test/kit/scripted-fleet.ts';
import { scriptedSample, scriptedTick } from '../../../../test/kit/scripted-observer.ts';
import { parseMetrics } from '../../../../test/kit/prometheus-text.ts';

async function scrape(scripted: ReturnType<typeof scriptedApi>) {
  const response = await scripted.api.request('/metrics');
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  return parseMetrics(await response.text());
}

test('load, own cost, connection and store, as Prometheus reads them', async () => {
  const scripted = scriptedApi();
  await withLoad(scripted);
  const metrics = await scrape(scripted);
  const of = (name: string, labels = '{target="db1"}') => metrics.get(`${name}${labels}`);
  expect(of('airglow_db_load')).toBe(1.5);
  expect(of('airglow_db_load_cpu')).toBe(1);
  expect(of('airglow_db_load_cpu_running')).toBe(1);
  expect(of('airglow_db_load_cpu_waiting')).toBe(0);
  expect(of('airglow_db_load_non_cpu')).toBe(0.5);
  expect(of('airglow_db_load_relative_to_num_vcpus')).toBe(0.75);
  expect(of('airglow_db_idle_in_transaction')).toBe(1);
  expect(of('airglow_db_load_by_wait_event_type', '{target="db1",wait_event_type="Lock"}')).toBe(0.5);
  expect(of('airglow_active_seconds_total', '{target="db1",wait_event_type="CPU"}')).toBe(540);
  expect(of('airglow_covered_seconds_total')).toBe(540);
  expect(of('airglow_ticks_total')).toBe(540);
  expect(of('airglow_gaps_total')).toBe(1);
  expect(of('airglow_gap_seconds_total')).toBe(60);
  expect(of('airglow_agent_cpu_seconds_total')).toBeCloseTo(1.08, 9);
  expect(of('airglow_tick_seconds', '{target="db1",quantile="0.99"}')).toBe(0.005);
  expect(of('airglow_connection_up')).toBe(1);
  expect(of('airglow_store_up', '')).toBe(1);
  expect(of('airglow_build_info', '{version="1.2.3"}')).toBe(1);
});

test('in a gap load is absent, and the connection is down', async () => {
  const scripted = scriptedApi();
  scripted.observers[1]!.set({ connection: 'waiting to reconnect' });
  const metrics = await scrape(scripted);
  expect(metrics.has('airglow_db_load{target="db2"}')).toBe(false);
  expect(metrics.get('airglow_connection_up{target="db2"}')).toBe(0);
  expect(metrics.get('airglow_ticks_total{target="db2"}')).toBe(0);
});

test('whatever the sessions are, the series stay few and say nothing of users, hosts and statements', async () => {
  const scripted = scriptedApi();
  const samples = Array.from({ length: 2000 }, (_, index) =>
    scriptedSample(1, {
      'db.wait_event': `Type${index}:Event${index}`,
      'db.user': `user${index}`,
      'db.host': `host${index}`,
      'db.sql_tokenized': `digest${index}`,
      'db.application': `app${index}`,
    }),
  );
  scripted.observer.tick(scriptedTick(NOW, samples));
  const metrics = await scrape(scripted);
  expect(metrics.size).toBeLessThan(80);
  expect([...metrics.keys()].join('\n')).not.toMatch(/user\d|host\d|digest\d|app\d|Type\d/);
  expect(metrics.get('airglow_db_load_by_wait_event_type{target="db1",wait_event_type="Other"}')).toBe(2);
});

test('Optimized Reads, named after CloudWatch, and absent where it is not known', async () => {
  const fleet = new ScriptedFleet();
  await fleet.create({ name: 'shop' });
  await fleet.create({ name: 'crm' });
  fleet.change('shop', {
    optimizedReads: {
      tempObjects: {
        path: '/nvme/shop',
        place: 'local',
        reason: null,
        limitBytes: 5e9,
        usedBytes: 2e9,
        freeBytes: 8e9,
      },
      tieredCache: {
        sizeBytes: 4e9,
        inForceBytes: 4e9,
        reason: null,
        usedBytes: 3e9,
        activity: {
          hitsPerSecond: 300,
          storageReadsPerSecond: 100,
          hitRatio: 0.75,
          tierReadMs: 0.1,
          storageReadMs: 2,
        },
      },
      localStorage: {
        freeBytes: 7e9,
        tempDataBytes: 4096,
        device: {
          readIops: 300,
          writeIops: 20,
          readBytesPerSecond: 1e6,
          writeBytesPerSecond: 2e6,
          readMs: 0.1,
          writeMs: null,
        },
      },
    },
  });
  const metrics = await scrape(scriptedApi({ fleet }));
  const figures = [...metrics].filter(([name]) =>
    /ephemeral|tiered|optimized|storage_reads|temp_/.test(name),
  );
  expect(Object.fromEntries(figures)).toEqual({
    'airglow_optimized_reads_cache_hit_ratio{target="shop"}': 0.75,
    'airglow_tiered_cache_size_bytes{target="shop"}': 4e9,
    'airglow_tiered_cache_used_bytes{target="shop"}': 3e9,
    'airglow_tiered_cache_hits_per_second{target="shop"}': 300,
    'airglow_storage_reads_per_second{target="shop"}': 100,
    'airglow_free_ephemeral_storage_bytes{target="shop"}': 8e9,
    'airglow_read_iops_ephemeral_storage{target="shop"}': 300,
    'airglow_write_iops_ephemeral_storage{target="shop"}': 20,
    'airglow_read_throughput_ephemeral_storage_bytes_per_second{target="shop"}': 1e6,
    'airglow_write_throughput_ephemeral_storage_bytes_per_second{target="shop"}': 2e6,
    'airglow_read_latency_ephemeral_storage_seconds{target="shop"}': 0.0001,
    'airglow_temp_bytes{target="shop",place="local"}': 2e9,
    'airglow_temp_bytes{target="shop",place="data"}': 4096,
  });
});
