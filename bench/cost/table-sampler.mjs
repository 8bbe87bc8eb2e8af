// The plain alternative: copies pg_stat_activity into a table of the same database once a second. Prints its cost.
import { readFileSync } from 'node:fs';
import pg from 'pg';

const { urls, warmUpSeconds, seconds } = JSON.parse(process.env.AIRGLOW_BENCH);
const client = new pg.Client({ connectionString: urls[0], application_name: 'table-sampler' });
await client.connect();
await client.query(`create table if not exists activity_history as
  select now() as at, * from pg_stat_activity where false`);
const { rows } = await client.query('select pg_backend_pid() as pid');
const backendRunNs = () => Number(readFileSync(`/proc/${rows[0].pid}/schedstat`, 'latin1').split(' ')[0]);
const sample = () =>
  client.query(`insert into activity_history select now(), * from pg_stat_activity
    where state <> 'idle' and pid <> pg_backend_pid()`);
const sampleFor = async (durationSeconds) => {
  const until = performance.now() + durationSeconds * 1000;
  while (performance.now() < until) {
    const startedAt = performance.now();
    await sample();
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, 1000 - (performance.now() - startedAt))));
  }
};
await sampleFor(warmUpSeconds);
const before = process.cpuUsage();
const runBefore = backendRunNs();
const startedAt = performance.now();
await sampleFor(seconds);
const used = process.cpuUsage(before);
const elapsedMs = performance.now() - startedAt;
console.log(
  JSON.stringify({
    agentPercent: (100 * (used.user + used.system)) / 1000 / elapsedMs,
    backendPercent: (100 * (backendRunNs() - runBefore)) / 1e6 / elapsedMs,
  }),
);
await client.query('drop table activity_history');
await client.end();
