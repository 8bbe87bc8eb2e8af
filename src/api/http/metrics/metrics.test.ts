import { expect, test } from 'vitest';
import { NOW, scriptedApi, withLoad } from '../../../../test/kit/scripted-api.ts';
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
